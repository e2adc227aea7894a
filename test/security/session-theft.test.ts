// GHSA-mvgg-jvj2-4frq and MCP 2025-11-25, Security Best Practices, Session Hijacking: a session id is not an authentication. Who holds one of
// somebody else's holds nothing.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSession, sendMcp, toolCall } from '../support/mcp-request.ts';
import { createWorld } from '../support/shared-gateway.ts';
import { startStubbedServer } from '../support/stubbed-server.ts';
import { STUB_SESSION, type StubMcpServer } from '../support/upstreams/stub-mcp-server.ts';
import type { Key, Server, World } from '../support/world.ts';

let stub: StubMcpServer;
let world: World;
let server: Server;
let victimsKey: Key;
let thiefsKey: Key;
let stolen: string;

beforeAll(async () => {
  ({ stub, world, server } = await startStubbedServer());
  const [victim, thief] = await Promise.all([world.addPerson(), world.addPerson()]);
  [victimsKey, thiefsKey] = await Promise.all([world.addKey({ person: victim }), world.addKey({ person: thief })]);
  await world.enforced();
  stolen = await openSession(server.url, victimsKey.plain);
});

afterAll(() => stub.close());

describe('a stolen session id', () => {
  it('is worth nothing without a key', async () => {
    expect((await sendMcp(server.url, { session: stolen, body: toolCall(1, 'x') })).status).toBe(401);
  });

  it.each(['POST', 'GET', 'DELETE'] as const)('is worth nothing with a key of somebody else (%s)', async (method) => {
    stub.forget();
    const answer = await sendMcp(server.url, {
      key: thiefsKey.plain,
      session: stolen,
      method,
      ...(method === 'POST' && { body: toolCall(1, 'x') }),
    });
    expect(answer.status).toBe(404);
    expect(stub.requests).toEqual([]);
  });

  it('is worth nothing in another organization, even for the same upstream', async () => {
    const elsewhere = await createWorld();
    const [key, copy] = await Promise.all([elsewhere.addKey(), elsewhere.addServer({ upstreamUrl: stub.url })]);
    await elsewhere.enforced();
    stub.forget();
    expect((await sendMcp(copy.url, { key: key.plain, session: stolen, body: toolCall(1, 'x') })).status).toBe(404);
    expect(stub.requests).toEqual([]);
  });

  it('still works for the one it was made for', async () => {
    expect((await sendMcp(server.url, { key: victimsKey.plain, session: stolen, body: toolCall(1, 'x') })).status).toBe(200);
  });
});

describe('a forged session id', () => {
  it.each<[string, () => string]>([
    ['the upstream’s own id', () => STUB_SESSION],
    ['a changed byte', () => flip(stolen, Math.floor(stolen.length / 2))],
    ['a changed tag', () => flip(stolen, stolen.length - 2)],
    ['another key id', () => `other.${stolen.split('.').at(-1)}`],
    ['no ciphertext', () => stolen.slice(0, stolen.indexOf('.') + 20)],
    ['noise', () => `test.${randomBytes(200).toString('base64url')}`],
    ['a very long one', () => 'x'.repeat(8_000)],
    ['nothing but a dot', () => '.'],
    ['the id twice', () => `${stolen}, ${stolen}`],
  ])('(%s) is an unknown one', async (_name, forge) => {
    stub.forget();
    const answer = await sendMcp(server.url, { key: victimsKey.plain, session: forge(), body: { jsonrpc: '2.0', id: 9, method: 'ping' } });
    expect(answer.status).toBe(404);
    expect(answer.message()).toMatchObject({ id: 9, error: { code: -32001 } });
    expect(stub.requests).toEqual([]);
  });
});

function flip(text: string, position: number): string {
  return text.slice(0, position) + (text[position] === 'A' ? 'B' : 'A') + text.slice(position + 1);
}
