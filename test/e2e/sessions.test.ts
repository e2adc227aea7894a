import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { initialize, modernRequest, openSession, sendMcp, toolCall } from '../support/mcp-request.ts';
import { withDiscover } from '../support/modern-stub.ts';
import { startStubbedServer } from '../support/stubbed-server.ts';
import { answerLegacy, isMethod, STUB_SESSION, type StubMcpServer } from '../support/upstreams/stub-mcp-server.ts';
import type { Key, Server, World } from '../support/world.ts';

let stub: StubMcpServer;
let world: World;
let server: Server;
let key: Key;

beforeAll(async () => {
  ({ stub, world, server, key } = await startStubbedServer());
});

afterAll(() => stub.close());

const PING = { jsonrpc: '2.0', id: 5, method: 'ping' };
const NOT_FOUND = { jsonrpc: '2.0', id: 5, error: { code: -32001 } };

describe('a session', () => {
  it('has an id that says nothing of the upstream’s, in visible ASCII', async () => {
    const session = await openSession(server.url, key.plain);
    expect(session).toMatch(/^[\x21-\x7E]+$/);
    expect(session).not.toContain(STUB_SESSION);
    expect(Buffer.from(session.split('.').at(-1) ?? '', 'base64url').toString('latin1')).not.toContain(STUB_SESSION);
  });

  it('is served by every replica, whichever opened it', async () => {
    const [first, second] = world.gateway.replicas.map((replica) => replica.url + server.path);
    const session = await openSession(first!, key.plain);
    for (const url of [second!, first!, second!]) {
      const answer = await sendMcp(url, { key: key.plain, session, body: toolCall(2, 'echo', { n: 1 }) });
      expect(answer.status).toBe(200);
      expect(answer.message().result).toMatchObject({ echoed: { name: 'echo' } });
    }
    stub.forget();
    await sendMcp(second!, { key: key.plain, session, body: PING });
    expect((await stub.waitFor(isMethod('ping'))).headers['mcp-session-id']).toBe(STUB_SESSION);
  });

  it('does not exist for another caller, on another server, or with a changed id', async () => {
    const session = await openSession(server.url, key.plain);
    const [otherKey, otherServer] = await Promise.all([world.addKey(), world.addServer({ upstreamUrl: stub.url })]);
    await world.enforced();
    stub.forget();
    const changed = session.slice(0, -1) + (session.endsWith('A') ? 'B' : 'A');
    const attempts = [
      sendMcp(server.url, { key: otherKey.plain, session, body: PING }),
      sendMcp(otherServer.url, { key: key.plain, session, body: PING }),
      sendMcp(server.url, { key: key.plain, session: changed, body: PING }),
      sendMcp(server.url, { key: key.plain, session: STUB_SESSION, body: PING }),
    ];
    for (const answer of await Promise.all(attempts)) {
      expect(answer.status).toBe(404);
      expect(answer.message()).toMatchObject(NOT_FOUND);
    }
    const streams = await Promise.all([
      sendMcp(server.url, { key: otherKey.plain, session }),
      sendMcp(server.url, { key: otherKey.plain, session, method: 'DELETE' }),
    ]);
    expect(streams.map((answer) => answer.status)).toEqual([404, 404]);
    expect(stub.requests).toEqual([]);
  });

  it('of a person goes on with another key of the same person, and with no one else’s', async () => {
    const [ada, bob] = await Promise.all([world.addPerson(), world.addPerson()]);
    const [first, second, foreign] = await Promise.all([
      world.addKey({ person: ada }),
      world.addKey({ person: ada }),
      world.addKey({ person: bob }),
    ]);
    await world.enforced();
    const session = await openSession(server.url, first.plain);
    expect((await sendMcp(server.url, { key: second.plain, session, body: PING })).status).toBe(200);
    expect((await sendMcp(server.url, { key: foreign.plain, session, body: PING })).status).toBe(404);
  });

  it('ends with DELETE', async () => {
    const session = await openSession(server.url, key.plain);
    stub.forget();
    const answer = await sendMcp(server.url, { key: key.plain, session, method: 'DELETE' });
    expect(answer.status).toBe(200);
    expect((await stub.waitFor((request) => request.method === 'DELETE')).headers['mcp-session-id']).toBe(STUB_SESSION);
  });

  it.each([
    ['404', 404, { code: -32001, message: 'Session not found' }],
    ['400 of a server that forgot it', 400, { code: -32000, message: 'Bad Request: No valid session ID provided' }],
    ['400 of a server that was restarted', 400, { code: -32000, message: 'Bad Request: Server not initialized' }],
  ])('that the upstream lost is answered with 404 (%s)', async (_name, status, error) => {
    const session = await openSession(server.url, key.plain);
    stub.answer((_request, response) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ jsonrpc: '2.0', error, id: null }));
    });
    const answer = await sendMcp(server.url, { key: key.plain, session, body: PING });
    stub.answer(answerLegacy);
    expect(answer.status).toBe(404);
    expect(answer.message()).toMatchObject(NOT_FOUND);
  });

  it('keeps its errors that are no loss of it', async () => {
    const session = await openSession(server.url, key.plain);
    const error = { code: -32000, message: 'Bad Request: Unsupported protocol version' };
    stub.answer((_request, response) => {
      response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ jsonrpc: '2.0', error, id: null }));
    });
    const answer = await sendMcp(server.url, { key: key.plain, session, body: PING });
    stub.answer(answerLegacy);
    expect(answer.status).toBe(400);
    expect(answer.message().error).toEqual(error);
  });

  it('is opened anew by initialize, whatever stale id comes with it', async () => {
    stub.forget();
    const answer = await sendMcp(server.url, { key: key.plain, session: 'stale', body: initialize() });
    expect(answer.status).toBe(200);
    expect(answer.headers['mcp-session-id']).toBeTypeOf('string');
    expect((await stub.waitFor(isMethod('initialize'))).headers).not.toHaveProperty('mcp-session-id');
  });

  it('is nothing that modern requests have: an id is ignored and none is made', async () => {
    stub.answer(
      withDiscover((_request, response) => {
        const body = JSON.stringify({ jsonrpc: '2.0', id: 1, result: { resultType: 'complete' } });
        response.writeHead(200, { 'content-type': 'application/json', 'mcp-session-id': 'odd' }).end(body);
      }),
    );
    stub.forget();
    const answer = await sendMcp(server.url, { key: key.plain, session: 'stale', ...modernRequest(1, 'tools/list') });
    stub.answer(answerLegacy);
    expect(answer.status).toBe(200);
    expect(answer.headers).not.toHaveProperty('mcp-session-id');
    expect((await stub.waitFor(isMethod('tools/list'))).headers).not.toHaveProperty('mcp-session-id');
  });
});
