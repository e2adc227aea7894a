import type { Page } from 'playwright-core';
import { initialize, sendMcp } from '../../support/mcp-request.ts';
import { isMethod, stubMcpServer, type StubMcpServer } from '../../support/upstreams/stub-mcp-server.ts';
import { check, until, type Journey } from '../journey.ts';
import { enterSigningClient, startSignedUpstream } from '../signing-client.ts';
import type { Stage } from '../stage.ts';

/** Credentials of all kinds, entered where a server is added and where it is connected later. */
export const connectionJourneys: readonly Journey[] = [
  {
    name: 'header values of the organization are replaced in place by an administrator, those of a workspace by its manager',
    async run({ owner, manager, origin, world }) {
      const stub = await stubMcpServer();
      try {
        const server = await world.addServer({ upstreamUrl: stub.url, authentication: 'CUSTOM_HEADERS' });
        const { page } = owner;
        await page.goto(`${origin}/console/servers/${server.slug}?tab=connections`);
        await page.getByRole('textbox', { name: 'Header' }).fill('x-one');
        await page.getByLabel('Value').fill('stays');
        await page.getByRole('button', { name: 'Another header' }).click();
        await page.getByRole('textbox', { name: 'Header' }).nth(1).fill('x-two');
        await page.getByLabel('Value').nth(1).fill('old');
        await page.getByRole('button', { name: 'Save and connect' }).click();
        await page.getByRole('cell', { name: 'Connected', exact: true }).waitFor();
        await page.getByRole('button', { name: 'Replace what is stored' }).click();
        await page.getByLabel('Value').nth(1).fill('new');
        await replace(page);
        const key = await world.addKey();
        await until('a call with the values of the organization', () =>
          arrives(stub, server.url, key.plain, { 'x-one': 'stays', 'x-two': 'new' }),
        );

        const other = await world.addServer({ upstreamUrl: stub.url, authentication: 'CUSTOM_HEADERS', granularity: 'WORKSPACE' });
        await world.api.run(
          `mutation ($id: ID!) { mcpServerUpdate(id: $id, input: { headerNames: ["x-key"] }) { snapshotRevision userErrors { code message field } } }`,
          { id: other.id },
          'mcpServerUpdate',
        );
        await manager.page.goto(`${origin}/console/servers/${other.slug}?tab=connections`);
        await manager.page.getByLabel('x-key').fill('first');
        await manager.page.getByRole('button', { name: 'Save and connect' }).click();
        await manager.page.getByRole('cell', { name: 'Connected', exact: true }).waitFor();
        await manager.page.getByRole('button', { name: 'Replace what is stored' }).click();
        await manager.page.getByLabel('x-key').fill('second');
        await replace(manager.page);
        await until('a call with the value of the workspace', () => arrives(stub, other.url, key.plain, { 'x-key': 'second' }));
      } finally {
        await stub.close();
      }
    },
  },
  {
    name: 'a server is added with a client that proves itself by a private key, and can be called at once',
    async run(stage) {
      const { page } = stage.owner;
      const { upstream, privateKey } = await startSignedUpstream();
      try {
        await page.goto(`${stage.origin}/console/servers/new?url=${encodeURIComponent(upstream.url)}`);
        await page.getByText(`Sends people to ${upstream.authorizationServer.issuer}`).waitFor();
        await page.getByRole('radio', { name: /^Client credentials/ }).click();
        await page.getByRole('radio', { name: /^One for the organization/ }).click();
        await page.getByLabel('Name in URLs').fill('signed-tools');
        await enterSigningClient(page, privateKey);
        await page.getByRole('button', { name: 'Add the server and connect' }).click();
        await page.waitForURL('**/servers/signed-tools');
        await page.getByRole('tab', { name: 'Connections' }).click();
        await page.getByRole('cell', { name: 'Connected', exact: true }).waitFor();
        await callUntilItWorks(stage, `${stage.world.gateway.url}/${stage.world.workspace.slug}/signed-tools/mcp`);
        check(!(await page.content()).includes('PRIVATE KEY'), 'the key is in the page');
      } finally {
        await upstream.close();
      }
    },
  },
  {
    name: 'a server is connected on its page by a private key; one that does not fit says so and is replaced',
    async run(stage) {
      const { page } = stage.owner;
      const [{ upstream, privateKey }, foreign] = [await startSignedUpstream(), await startSignedUpstream()];
      try {
        const server = await stage.world.addServer({ upstreamUrl: upstream.url, authentication: 'CLIENT_CREDENTIALS' });
        await page.goto(`${stage.origin}/console/servers/${server.slug}?tab=connections`);
        await enterSigningClient(page, foreign.privateKey);
        await page.getByRole('button', { name: 'Save and connect' }).click();
        await page.getByText('It does not work yet').waitFor();
        await page.getByRole('cell', { name: 'Not accepted', exact: true }).waitFor();
        await page.getByRole('button', { name: 'Replace what is stored' }).click();
        await enterSigningClient(page, privateKey);
        await page.getByRole('button', { name: 'Replace', exact: true }).click();
        await page.getByRole('cell', { name: 'Connected', exact: true }).waitFor();
        await callUntilItWorks(stage, server.url);
      } finally {
        await Promise.all([upstream.close(), foreign.upstream.close()]);
      }
    },
  },
];

async function replace(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Replace', exact: true }).click();
  await page.getByText('Replaced.').waitFor();
}

/** Whether a call brings these headers to the upstream. */
async function arrives(stub: StubMcpServer, url: string, key: string, wanted: Readonly<Record<string, string>>): Promise<boolean> {
  stub.forget();
  await sendMcp(url, { key, body: initialize() });
  const { headers = {} } = stub.requests.findLast(isMethod('initialize')) ?? {};
  return Object.entries(wanted).every(([name, value]) => headers[name] === value);
}

async function callUntilItWorks({ world }: Stage, url: string): Promise<void> {
  const key = await world.addKey();
  await until('a call', async () => (await sendMcp(url, { key: key.plain, body: initialize() })).message().result !== undefined);
}
