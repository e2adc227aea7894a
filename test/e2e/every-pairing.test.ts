import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCredentialCheck, type CredentialCheck } from '../interop/credential-check.ts';
import { eventually } from '../support/eventually.ts';
import { modernRequest, openSession, sendMcp, toolCall, type McpRequest } from '../support/mcp-request.ts';
import { startOwnGateway } from '../support/own-gateway.ts';
import type { LogLine } from '../support/plane-process.ts';
import type { RunningGateway } from '../support/start-gateway.ts';
import { startFixtureServer } from '../support/upstreams/fixture-server.ts';
import { startSseFixtureServer } from '../support/upstreams/sse-fixture-server.ts';
import { World, type Key, type Server } from '../support/world.ts';

const UPSTREAMS = ['both', 'legacy', 'modern', 'sse'] as const;
type Upstream = (typeof UPSTREAMS)[number];
const CREDENTIAL = { name: 'x-upstream-key', value: 'the credential of the organization' };

let gateway: RunningGateway;
let keys: readonly [Key, Key];
let fixtures: readonly { close(): Promise<void> }[];
const checks = {} as Record<Upstream, CredentialCheck>;
const servers = {} as Record<Upstream, Server>;

beforeAll(async () => {
  // Checks of health carry no credential, and would be taken for calls that lost theirs.
  gateway = await startOwnGateway({ replicas: 2 });
  const world = await World.create(gateway);
  keys = [await world.addKey(), await world.addKey()];
  const start = (upstream: Upstream) => (upstream === 'sse' ? startSseFixtureServer() : startFixtureServer({ eras: upstream }));
  const started = await Promise.all(UPSTREAMS.map(start));
  fixtures = started;
  for (const [i, upstream] of UPSTREAMS.entries()) {
    checks[upstream] = await startCredentialCheck(started[i]!.url, CREDENTIAL);
    const transport = upstream === 'sse' ? 'SSE' : 'STREAMABLE_HTTP';
    servers[upstream] = await world.addServer({ upstreamUrl: checks[upstream].url, transport, authentication: 'CUSTOM_HEADERS' });
    await world.connect(servers[upstream], world.organizationId, { [CREDENTIAL.name]: CREDENTIAL.value });
  }
  await world.enforced();
});
afterAll(async () => {
  await gateway.stop();
  await Promise.all([...Object.values(checks), ...fixtures].map((one) => one.close()));
});

/** One call, at whichever data plane the balancer chooses. */
async function toCall(client: 'legacy' | 'modern', { url }: Server): Promise<McpRequest> {
  if (client === 'modern') return modernRequest(7, 'tools/call', { name: 'test_simple_text', arguments: {} });
  return { session: await openSession(url, keys[0].plain), body: toolCall(7, 'test_simple_text') };
}

/** The lines that the data planes wrote about served calls of tools of a server by clients of an era. The one that hands a request over has another outcome. */
function findCalls({ id }: Server, client: string): LogLine[] {
  const lines = gateway.dataPlanes.flatMap(({ log }) => log);
  return lines.filter(
    ({ era, method, outcome, server }) => method === 'tools/call' && server === id && era === client && outcome === 'completed',
  );
}

describe.each(UPSTREAMS)('an upstream that speaks %s', (upstream) => {
  it.each(['legacy', 'modern'] as const)(
    'gets the stored credential from a %s client, whose call is logged and whose session is its own',
    async (client) => {
      const server = servers[upstream];
      const [own, foreign] = keys;
      const call = await toCall(client, server);
      // As often as there are data planes: one of them has what the other one hands over.
      for (let turn = 0; turn < 2; turn++) {
        const answer = await sendMcp(server.url, { key: own.plain, ...call });
        expect([answer.status, JSON.stringify(answer.message().result)]).toEqual([200, expect.stringContaining('simple text response')]);
      }
      expect(checks[upstream].takeFaults(own.plain)).toEqual([]);
      const line = { event: 'request', key: own.id, status: 200, upstreamMs: expect.any(Number) };
      await eventually(async () =>
        expect(findCalls(server, client)).toEqual([expect.objectContaining(line), expect.objectContaining(line)]),
      );
      if (client === 'legacy') expect((await sendMcp(server.url, { key: foreign.plain, ...call })).status).toBe(404);
    },
  );
});
