import { check, type Journey } from '../journey.ts';

/** Settings of a server, seen by the upstream. */
export const upstreamSettingsJourneys: readonly Journey[] = [
  {
    name: 'the scopes of a server are what its consent page is asked for',
    async run({ owner: { page }, member, origin, protectedUpstream, world }) {
      const server = await world.addServer({ upstreamUrl: protectedUpstream.url, authentication: 'OAUTH', granularity: 'USER' });
      await page.goto(`${origin}/console/servers/${server.slug}?tab=settings`);
      await page.getByLabel('Scopes').fill('mcp:read');
      await page.getByLabel('Further parameters of the request for consent').fill('prompt=consent');
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      await page.getByText('Saved.').waitFor();
      await member.page.goto(`${origin}/console/my-servers/${world.workspace.slug}/${server.slug}`);
      const isQuestion = (url: string) => new URL(url).searchParams.get('response_type') === 'code';
      const asking = member.page.waitForRequest((request) => request.isNavigationRequest() && isQuestion(request.url()));
      await member.page.getByRole('button', { name: 'Connect', exact: true }).click();
      await member.page.getByRole('heading', { name: /^Allow/ }).waitFor();
      const asked = new URL((await asking).url()).searchParams;
      check(asked.get('scope') === 'mcp:read' && asked.get('prompt') === 'consent', `it is asked for ${asked.toString()}`);
    },
  },
];
