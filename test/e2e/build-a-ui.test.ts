// The example of docs/guides/build-a-ui.md, as somebody runs it who reads the guide.
import { spawn, type ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { demand } from '../support/demand.ts';
import type { GatewayAddresses } from '../support/start-gateway.ts';
import { World } from '../support/world.ts';

let gateway: GatewayAddresses;
let world: World;
let key: string;
const started: ChildProcess[] = [];

beforeAll(async () => {
  gateway = await demand<GatewayAddresses>(inject('servicesOnDemand'), 'gateway');
  world = await World.create(gateway);
  const { user } = await world.api.run<{ user: { id: string } }>(
    `mutation ($input: UserCreateInput!) { userCreate(input: $input) { user { id } snapshotRevision userErrors { code message field } } }`,
    { input: { organizationId: world.organizationId, email: 'ui@example.com', name: 'UI', role: 'ADMIN' } },
    'userCreate',
  );
  const created = await world.api.run<{ plainKey: string }>(
    `mutation ($input: ApiKeyCreateInput!) { apiKeyCreate(input: $input) { plainKey snapshotRevision userErrors { code message field } } }`,
    { input: { kind: 'USER', userId: user.id, name: 'ui', scopes: ['API_READ', 'API_WRITE'] } },
    'apiKeyCreate',
  );
  key = created.plainKey;
});
afterAll(() => {
  for (const child of started) child.kill();
});

/** Runs the example, and resolves once it has printed a text. */
function run(options: readonly string[]): { readonly output: () => string; readonly waitFor: (text: string) => Promise<string> } {
  const child = spawn(process.execPath, ['docs/guides/build-a-ui/watch-servers.ts', gateway.controlPlaneUrl, ...options], {
    env: { PATH: process.env['PATH'], SLUICE_KEY: key },
  });
  started.push(child);
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
  return {
    output: () => output,
    waitFor: async (text) => {
      await expect.poll(() => output, { timeout: 20_000 }).toContain(text);
      return output;
    },
  };
}

it('lists the servers, turns one off until that is in force, and tells what changes', async () => {
  const server = await world.addServer({ upstreamUrl: 'http://127.0.0.1:9/mcp' });
  const example = run(['--disable', server.slug]);
  const output = await example.waitFor('watching');
  expect(output).toContain(`${server.slug}: Test server, on`);
  expect(output).toContain(`${server.slug} is off, on every gateway`);
  const addServer = async () => {
    await world.addServer({ upstreamUrl: 'http://127.0.0.1:9/mcp' });
    return example.output();
  };
  // It says that it watches when it asks for the stream; what happens before that is open is not told.
  await expect.poll(addServer, { timeout: 20_000, interval: 200 }).toContain('"kind":"McpServer"');
  expect(example.output()).toContain('mcpServerCreate');
});
