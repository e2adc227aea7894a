import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openMcpStream, openSession, sendMcp } from '../support/mcp-request.ts';
import { startStubbedServer } from '../support/stubbed-server.ts';
import { isMethod, type StubMcpServer } from '../support/upstreams/stub-mcp-server.ts';
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

describe('an API key', () => {
  it('is asked for with a challenge, whatever the method', async () => {
    for (const request of [{ body: PING }, { method: 'GET' as const }, { method: 'DELETE' as const }]) {
      const answer = await sendMcp(server.url, request);
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer /);
      expect(answer.headers['www-authenticate']).not.toContain('error=');
    }
  });

  it('works as a Bearer token and in a header of its own, and goes upstream in neither', async () => {
    stub.forget();
    const spellings: Record<string, string>[] = [{ authorization: `bearer ${key.plain}` }, { 'x-sluice-api-key': key.plain }];
    for (const headers of spellings) {
      expect((await sendMcp(server.url, { headers, body: PING })).status).toBe(200);
    }
    expect(stub.requests).toHaveLength(2);
    for (const request of stub.requests) expect(JSON.stringify(request.rawHeaders)).not.toContain(key.plain);
  });

  it('that is unknown is refused with a challenge that says so', async () => {
    const forged = `${key.plain.slice(0, -4)}AAAA`;
    const answer = await sendMcp(server.url, { key: forged, body: PING });
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toContain('error="invalid_token"');
    expect(answer.body.toString()).not.toContain(forged);
  });

  it('stops working with the revision that revokes it, on every replica', async () => {
    const doomed = await world.addKey();
    await world.enforced();
    const session = await openSession(server.url, doomed.plain);
    await world.revokeKey(doomed);
    await world.enforced();
    for (const replica of world.gateway.replicas) {
      const answer = await sendMcp(replica.url + server.path, { key: doomed.plain, session, body: PING });
      expect(answer.status).toBe(401);
    }
    expect((await sendMcp(server.url, { key: key.plain, body: PING })).status).toBe(200);
  });

  it('without the scope MCP is told what it lacks', async () => {
    const reader = await world.addKey({ scopes: ['API_READ'] });
    await world.enforced();
    const answer = await sendMcp(server.url, { key: reader.plain, body: PING });
    expect(answer.status).toBe(403);
    expect(answer.headers['www-authenticate']).toContain('error="insufficient_scope"');
    expect(answer.message().error?.message).toContain('MCP');
  });

  it('of a person who is denied finds no server there', async () => {
    const person = await world.addPerson();
    const personal = await world.addKey({ person });
    const closed = await world.addServer({ upstreamUrl: stub.url, defaultUserAccess: 'DENY' });
    await world.enforced();
    const denied = await sendMcp(closed.url, { key: personal.plain, body: PING });
    const absent = await sendMcp(closed.url.replace(closed.slug, 'no-such-server'), { key: personal.plain, body: PING });
    expect(denied.status).toBe(404);
    expect(denied.body.equals(absent.body)).toBe(true);
    expect((await sendMcp(closed.url, { key: key.plain, body: PING })).status).toBe(200);
  });

  it('is checked before the body is read', async () => {
    stub.forget();
    const answer = await sendMcp(server.url, { body: 'not json' });
    expect(answer.status).toBe(401);
    expect(stub.requests.filter(isMethod('ping'))).toEqual([]);
  });

  it('that is revoked does not cut what is already running', async () => {
    const doomed = await world.addKey();
    await world.enforced();
    const session = await openSession(server.url, doomed.plain);
    const { promise: opened, resolve } = Promise.withResolvers<{ end(text: string): void }>();
    stub.answer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      resolve(response);
    });
    const stream = await openMcpStream(server.url, { key: doomed.plain, session, body: PING });
    const upstream = await opened;
    await world.revokeKey(doomed);
    await world.enforced();
    upstream.end('data: {"jsonrpc":"2.0","id":5,"result":{}}\n\n');
    expect(await stream.readAll()).toContain('"result":{}');
  });
});
