// What a caller may not see is answered as if it did not exist: same status, same headers, same bytes.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSession, sendMcp, type McpAnswer, type McpRequest } from '../support/mcp-request.ts';
import { startStubbedServer } from '../support/stubbed-server.ts';
import type { StubMcpServer } from '../support/upstreams/stub-mcp-server.ts';
import type { Key, Server, World } from '../support/world.ts';

let stub: StubMcpServer;
let world: World;
let closed: Server;
let open: Server;
let notGranted: Server;
let personal: Key;

beforeAll(async () => {
  ({ stub, world, server: open } = await startStubbedServer());
  const [person, elsewhere] = await Promise.all([world.addPerson(), world.addWorkspace()]);
  [personal, closed, notGranted] = await Promise.all([
    world.addKey({ person }),
    world.addServer({ upstreamUrl: stub.url, defaultUserAccess: 'DENY' }),
    world.addServer({ upstreamUrl: stub.url, onlyIn: elsewhere }),
  ]);
  await world.enforced();
});

afterAll(() => stub.close());

function visible({ status, headers, body }: McpAnswer): object {
  const { date: _, ...rest } = headers;
  return { status, headers: rest, body: body.toString() };
}

const PING = { jsonrpc: '2.0', id: 1, method: 'ping' };

describe('a server that a person may not use', () => {
  it.each<[string, McpRequest]>([
    ['a call', { body: PING }],
    ['a stream', { method: 'GET' }],
    ['an end of a session', { method: 'DELETE', session: 'x' }],
    ['a body that is not JSON', { body: '{' }],
    ['a body that is too large', { body: `{"pad":"${'x'.repeat(5 * 1024 * 1024)}"}` }],
    ['another media type', { body: 'x', headers: { 'content-type': 'text/plain' } }],
  ])('answers %s as one that does not exist', async (_name, request) => {
    stub.forget();
    const absent = visible(await sendMcp(open.url.replace(open.slug, 'no-such-server'), { key: personal.plain, ...request }));
    for (const hidden of [closed, notGranted]) {
      expect(visible(await sendMcp(hidden.url, { key: personal.plain, ...request }))).toEqual(absent);
    }
    expect(stub.requests).toEqual([]);
  });

  it('is not found by its id either', async () => {
    const absent = visible(await sendMcp(open.url.replace(open.slug, 'mcps_nosuchserver'), { key: personal.plain, body: PING }));
    expect(visible(await sendMcp(closed.url.replace(closed.slug, closed.id), { key: personal.plain, body: PING }))).toEqual(absent);
  });

  it('is not reached with a session of one that they may use', async () => {
    const session = await openSession(open.url, personal.plain);
    stub.forget();
    expect((await sendMcp(closed.url, { key: personal.plain, session, body: PING })).status).toBe(404);
    expect(stub.requests).toEqual([]);
  });
});
