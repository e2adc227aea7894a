import { decodeJwt } from 'jose';
import { openSession, sendMcp, toolCall } from '../../support/mcp-request.ts';
import { answerLegacy, isMethod, sendJson, stubMcpServer } from '../../support/upstreams/stub-mcp-server.ts';
import { check, type Journey } from '../journey.ts';

/** Settings of a server, seen by the upstream. */
export const upstreamSettingsJourneys: readonly Journey[] = [
  {
    name: 'an upstream is told who calls and gets the headers that are passed on; payloads are kept once that is switched on',
    async run({ owner: { page }, auditor, member, origin, world }) {
      const stub = await stubMcpServer((request, response) => {
        const { message } = request;
        if (message?.method !== 'tools/list') return answerLegacy(request, response);
        sendJson(response, { jsonrpc: '2.0', id: message.id, result: { tools: [{ name: 'greet', inputSchema: { type: 'object' } }] } });
      });
      try {
        const server = await world.addServer({ upstreamUrl: stub.url });
        const key = await world.addKey({ person: member });
        await page.goto(`${origin}/console/servers/${server.slug}?tab=settings`);
        await page.getByLabel('Header that says who calls, signed').fill('x-caller');
        await page.getByLabel('Headers of the client that are passed on').fill('x-team: x-group');
        await page.getByRole('combobox', { name: 'Kept of each call' }).click();
        await page.getByRole('option', { name: 'Also what it was made with, and the result' }).click();
        await page.getByRole('button', { name: 'Save', exact: true }).click();
        await page.getByText('Saved.').waitFor();
        await page.getByText('In force everywhere').first().waitFor();
        const session = await openSession(server.url, key.plain);
        await sendMcp(server.url, {
          key: key.plain,
          session,
          headers: { 'x-team': 'blue' },
          body: toolCall(2, 'greet', { name: 'good morning' }),
        });
        const seen = stub.requests.findLast(isMethod('tools/call'));
        check(seen?.headers['x-group'] === 'blue', `the header is not passed on: ${JSON.stringify(seen?.headers)}`);
        check(decodeJwt(String(seen?.headers['x-caller'])).sub === member.id, 'the upstream is not told who calls');
        const log = `${origin}/console/interactions?method=tools%2Fcall&server=${server.id}`;
        await page.goto(log);
        await page.getByRole('button', { name: 'tools/call greet' }).click();
        await page.getByRole('dialog').getByRole('heading', { name: 'Why' }).waitFor();
        check((await page.getByRole('button', { name: 'Read what was captured' }).count()) === 0, 'an owner is offered the payload');
        await auditor.page.goto(log);
        await auditor.page.getByRole('button', { name: 'tools/call greet' }).click();
        await auditor.page.getByRole('button', { name: 'Read what was captured' }).click();
        await auditor.page.getByText('good morning').first().waitFor();
      } finally {
        await stub.close();
      }
    },
  },
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
