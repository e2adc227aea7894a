import { sendMcp, initialize } from '../../support/mcp-request.ts';
import { check, until, type Journey } from '../journey.ts';

/** The first job: a server comes into the hub. */
export const addServerJourneys: readonly Journey[] = [
  {
    name: 'a server that lets everybody in is added by its URL alone, in less than a minute, and can be called',
    async run({ owner: { page }, world, openUpstream }) {
      const startedMs = Date.now();
      await page.getByRole('link', { name: 'Add a server' }).first().click();
      await page.getByLabel('URL of the server').fill(openUpstream.url);
      await page.getByText(/speaks every revision of MCP/).waitFor();
      await page.locator('img[src^="data:image/png"]').waitFor();
      check(await page.getByRole('radio', { name: /^Streamable HTTP/ }).isChecked(), 'Streamable HTTP is not preselected');
      check(await page.getByRole('radio', { name: /^None/ }).isChecked(), 'no authentication is not what was found');
      check((await page.getByLabel('Name', { exact: false }).first().inputValue()) !== '', 'the name was not filled in');
      await page.getByLabel('Name in URLs').fill('open-tools');
      await page.getByRole('button', { name: 'Add the server' }).click();
      await page.getByText('was added.').waitFor();
      await page.waitForURL('**/servers/open-tools');
      const side = `document.querySelector('img[src^="/icons/"]')?.naturalWidth`;
      await until('the icon', async () => (await page.evaluate(side)) === 64);
      check(Date.now() - startedMs < 60_000, 'it took a minute');
      await page.getByText(`/${world.workspace.slug}/open-tools/mcp`).waitFor();
      await page.getByText('In force everywhere').first().waitFor();
      const key = await world.addKey();
      await world.enforced();
      const answer = await sendMcp(`${world.gateway.url}/${world.workspace.slug}/open-tools/mcp`, { key: key.plain, body: initialize() });
      check(answer.message().result !== undefined, `the call was refused: ${answer.body.toString()}`);
    },
  },
  {
    name: 'a protected server is connected at its own consent page, which leads back',
    async run({ owner: { page }, protectedUpstream, world }) {
      await page.goto(page.url().replace(/\/console\/.*/, `/console/servers/new?url=${encodeURIComponent(protectedUpstream.url)}`));
      await page.getByText(`Sends people to ${protectedUpstream.authorizationServer.issuer}`).waitFor();
      check(await page.getByRole('radio', { name: /^OAuth/ }).isChecked(), 'OAuth is not what was found');
      await page.getByRole('radio', { name: /^One for the organization/ }).click();
      await page.getByLabel('Name', { exact: false }).first().fill('Guarded tools');
      await page.getByLabel('Name in URLs').fill('guarded');
      await page.getByRole('button', { name: 'Add the server and connect' }).click();
      await page.getByRole('heading', { name: /^Allow/ }).waitFor();
      check(page.url().startsWith(protectedUpstream.authorizationServer.issuer), 'it is not the page of the upstream');
      await page.getByRole('button', { name: 'Allow' }).click();
      await page.waitForURL('**/console/servers/guarded?tab=connections');
      await page.getByText('Connected.').first().waitFor();
      await page.getByRole('cell', { name: 'Connected', exact: true }).waitFor();
      await page.getByRole('cell', { name: 'Test organization' }).waitFor();
      const key = await world.addKey();
      const url = `${world.gateway.url}/${world.workspace.slug}/guarded/mcp`;
      await until(
        'a call with the new connection',
        async () => (await sendMcp(url, { key: key.plain, body: initialize() })).message().result !== undefined,
      );
    },
  },
  {
    name: 'what cannot be added says what to do',
    async run({ owner: { page }, origin }) {
      await page.goto(`${origin}/console/servers/new`);
      const url = page.getByLabel('URL of the server');
      await url.fill(`${origin}/sign-in`);
      await page.getByRole('alert').filter({ hasText: 'Look again' }).waitFor();
      await url.fill('http://127.0.0.1:9/mcp');
      await page.getByRole('alert').filter({ hasText: 'Look again' }).waitFor();
      await page.getByLabel('Name in URLs').fill('open-tools');
      await page.getByRole('button', { name: 'Add the server' }).click();
      await page
        .getByText(/open-tools.*(taken|already|slug)|(taken|already|slug).*open-tools|already|taken/i)
        .first()
        .waitFor();
      await page.getByRole('link', { name: 'Servers' }).first().click();
      await page.getByRole('dialog', { name: 'Leave without saving?' }).waitFor();
      await page.getByRole('button', { name: 'Stay here' }).click();
      await page.getByRole('link', { name: 'Servers' }).first().click();
      await page.getByRole('button', { name: 'Leave' }).click();
      await page.waitForURL('**/console/servers');
    },
  },
];
