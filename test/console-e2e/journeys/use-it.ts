import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { initialize, sendMcp } from '../../support/mcp-request.ts';
import { isMethod, stubMcpServer } from '../../support/upstreams/stub-mcp-server.ts';
import { check, until, type Journey } from '../journey.ts';
import { enterSigningClient, startSignedUpstream } from '../signing-client.ts';

interface CopiedConfiguration {
  readonly mcpServers: Readonly<Record<string, { readonly url: string; readonly headers: Readonly<Record<string, string>> }>>;
}

/** The third job: a member gets to work. */
export const useItJourneys: readonly Journey[] = [
  {
    name: 'a member copies a configuration with a key, and a real client works with it',
    async run({ member: { page }, origin, world }) {
      await page.goto(`${origin}/console/`);
      await page.waitForURL('**/console/my-servers');
      await page
        .getByRole('link', { name: /^Set up a client for/ })
        .first()
        .waitFor();
      await page.goto(`${origin}/console/my-servers/${world.workspace.slug}/open-tools`);
      check(
        (await page.getByRole('link', { name: 'Open in Cursor' }).getAttribute('href'))?.startsWith('cursor://') === true,
        'no deep link',
      );
      await page.getByRole('tab', { name: 'Other (JSON)' }).click();
      await page.getByRole('radiogroup').getByText('A key', { exact: true }).click();
      await page.waitForURL(/client=json.*with=key/);
      await page.getByRole('button', { name: 'Make a key and put it in' }).click();
      await page.getByText(/shown this once/).waitFor();
      await page.getByRole('group', { name: 'Other (JSON)' }).getByRole('button', { name: 'Copy' }).click();
      const copied = JSON.parse(await page.evaluate<string>('navigator.clipboard.readText()')) as CopiedConfiguration;
      const server = copied.mcpServers['open-tools']!;
      await world.enforced();
      const client = new Client({ name: 'copied-configuration', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } });
      await client.connect(new StreamableHTTPClientTransport(new URL(server.url), { requestInit: { headers: { ...server.headers } } }));
      check((await client.listTools()).tools.length > 0, 'the client sees no tool');
      await client.close();
    },
  },
  {
    name: 'a member connects an account of their own at the protected upstream, and disconnects it',
    async run({ member, origin, world, protectedUpstream }) {
      const server = await world.addServer({ upstreamUrl: protectedUpstream.url, authentication: 'OAUTH', granularity: 'USER' });
      const { page } = member;
      await page.goto(`${origin}/console/my-servers/${world.workspace.slug}/${server.slug}`);
      await page.getByText('Not connected').waitFor();
      await page.getByRole('button', { name: 'Connect', exact: true }).click();
      await page.getByRole('heading', { name: /^Allow/ }).waitFor();
      await page.getByRole('button', { name: 'Allow' }).click();
      await page.waitForURL(`**/console/my-servers/${world.workspace.slug}/${server.slug}`);
      await page.getByText('Connected', { exact: true }).waitFor();
      const key = await world.addKey({ person: member });
      await until(
        'a call with their own account',
        async () => (await sendMcp(server.url, { key: key.plain, body: initialize() })).message().result !== undefined,
      );
      await page.getByRole('button', { name: 'Disconnect' }).click();
      await page
        .getByRole('dialog')
        .getByText(/refused until you connect again/)
        .waitFor();
      await page.getByRole('dialog').getByRole('button', { name: 'Disconnect' }).click();
      await page.getByText('Not connected').waitFor();
    },
  },
  {
    name: 'a member enters header values of their own, and replaces one of them in place',
    async run({ member, origin, world }) {
      const { page } = member;
      const stub = await stubMcpServer();
      const server = await world.addServer({ upstreamUrl: stub.url, authentication: 'CUSTOM_HEADERS', granularity: 'USER' });
      await page.goto(`${origin}/console/my-servers/${world.workspace.slug}/${server.slug}`);
      await page.getByRole('textbox', { name: 'Header' }).fill('x-one');
      await page.getByLabel('Value').fill('stays');
      await page.getByRole('button', { name: 'Another header' }).click();
      await page.getByRole('textbox', { name: 'Header' }).nth(1).fill('x-two');
      await page.getByLabel('Value').nth(1).fill('old');
      await page.getByRole('button', { name: 'Save and connect' }).click();
      await page.getByText('Connected', { exact: true }).waitFor();
      await page.getByRole('button', { name: 'Replace what is stored' }).click();
      check((await page.getByLabel('Value').nth(1).inputValue()) === '', 'a stored value is shown');
      await page.getByLabel('Value').nth(1).fill('new');
      await page.getByRole('button', { name: 'Replace', exact: true }).click();
      await page.getByText('Replaced.').waitFor();
      const key = await world.addKey({ person: member });
      await until('a call with the values', async () => {
        await sendMcp(server.url, { key: key.plain, body: initialize() });
        const { headers } = stub.requests.findLast(isMethod('initialize')) ?? {};
        return headers?.['x-one'] === 'stays' && headers['x-two'] === 'new';
      });
      await stub.close();
    },
  },
  {
    name: 'a client of a member’s own proves itself by a private key',
    async run({ member: { page }, origin, world }) {
      const { upstream, privateKey } = await startSignedUpstream();
      const server = await world.addServer({ upstreamUrl: upstream.url, authentication: 'CLIENT_CREDENTIALS', granularity: 'USER' });
      await page.goto(`${origin}/console/my-servers/${world.workspace.slug}/${server.slug}`);
      await enterSigningClient(page, privateKey);
      await page.getByRole('button', { name: 'Save and connect' }).click();
      await page.getByText('Connected', { exact: true }).waitFor();
      await upstream.close();
    },
  },
  {
    name: 'a member makes a key that is shown once, and revokes it',
    async run({ member: { page }, origin, world }) {
      const url = `${world.gateway.url}/${world.workspace.slug}/open-tools/mcp`;
      await page.goto(`${origin}/console/keys`);
      await page.getByRole('button', { name: 'Make a key' }).click();
      await page.getByLabel('Name', { exact: false }).fill('Night script');
      await page.getByRole('dialog').getByRole('button', { name: 'Make a key' }).click();
      await page.getByText('It is shown this once.').waitFor();
      await page.getByRole('button', { name: 'Copy the key' }).click();
      const key = await page.evaluate<string>('navigator.clipboard.readText()');
      await page.getByRole('button', { name: 'I have it' }).click();
      check(!(await page.content()).includes(key), 'the key is shown still');
      await until('a call with the key', async () => (await sendMcp(url, { key, body: initialize() })).status === 200);
      await page.getByRole('button', { name: 'Revoke Night script' }).click();
      await page
        .getByRole('dialog')
        .getByText(/refused from then on/)
        .waitFor();
      await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
      await page.getByText('Revoked', { exact: true }).waitFor();
      await until('the refusal of the key', async () => (await sendMcp(url, { key, body: initialize() })).status === 401);
    },
  },
  {
    name: 'a member tries a tool, sees what was sent and what came back, and the key for it is gone afterwards',
    async run({ member: { page }, origin, world }) {
      await page.goto(`${origin}/console/my-servers/${world.workspace.slug}/open-tools`);
      await page.getByRole('tab', { name: 'Try a tool' }).click();
      await page.getByRole('button', { name: 'Show the tools' }).click();
      await page.getByRole('combobox', { name: 'Tool' }).fill('header_param');
      await page.getByRole('option', { name: /test_header_parameter/ }).click();
      await page.getByRole('textbox', { name: 'region' }).fill('Zürich');
      await page.getByRole('button', { name: 'Call the tool' }).click();
      await page.getByText(/^HTTP 200 in /).waitFor();
      await page.getByText('It worked').waitFor();
      const response = page.getByRole('group', { name: 'Response' });
      check(
        (await response.textContent())?.includes('Header parameter: Zürich') === true,
        `the answer of the tool is not shown: ${await response.textContent()}`,
      );
      const request = page.getByRole('group', { name: 'Request' });
      check(
        (await request.textContent())?.includes('"region": "Zürich"') === true,
        `what was sent is not shown: ${await request.textContent()}`,
      );
      await page.getByRole('link', { name: 'See it in the log' }).click();
      await page.waitForURL(/\/interactions\?trace=[0-9a-f]{32}$/);
      await page.getByRole('button', { name: 'tools/call test_header_parameter' }).waitFor();
      await page.getByRole('link', { name: 'My keys' }).click();
      await page.getByRole('heading', { name: 'My keys', level: 1 }).waitFor();
      await page.getByText('Trying tools in the console').waitFor({ state: 'detached' });
    },
  },
];
