import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectClient } from '../support/clients.ts';
import { initialize, modernRequest, sendMcp } from '../support/mcp-request.ts';
import { createWorld } from '../support/shared-gateway.ts';
import { startFixtureServer, type FixtureServer } from '../support/upstreams/fixture-server.ts';
import { answerLegacy, sendJson, stubMcpServer, type StubMcpServer } from '../support/upstreams/stub-mcp-server.ts';
import type { Key, Server } from '../support/world.ts';

let legacyFixture: FixtureServer;
let modernFixture: FixtureServer;
let stub: StubMcpServer;
let legacy: Server;
let modern: Server;
let stubbed: Server;
let key: Key;

beforeAll(async () => {
  [legacyFixture, modernFixture, stub] = await Promise.all([
    startFixtureServer({ eras: 'legacy' }),
    startFixtureServer({ eras: 'modern' }),
    stubMcpServer(),
  ]);
  const world = await createWorld();
  [key, legacy, modern, stubbed] = await Promise.all([
    world.addKey(),
    world.addServer({ upstreamUrl: legacyFixture.url }),
    world.addServer({ upstreamUrl: modernFixture.url }),
    world.addServer({ upstreamUrl: stub.url }),
  ]);
  await world.enforced();
});

afterAll(() => Promise.all([legacyFixture.close(), modernFixture.close(), stub.close()]));

describe('a client that speaks both eras', () => {
  it('falls back to a session on a legacy upstream', async () => {
    const client = await connectClient(legacy.url, key.plain, 'auto');
    expect(client.getProtocolEra()).toBe('legacy');
    expect((await client.listTools()).tools.length).toBeGreaterThan(10);
    await client.close();
  });

  it.each([400, 404, 405, 500, 501])('falls back where the upstream answers the probe with %i', async (status) => {
    stub.answer((request, response) => {
      if (request.message?.method !== 'server/discover') return answerLegacy(request, response);
      sendJson(response, { jsonrpc: '2.0', id: null, error: { code: -32000, message: 'Bad Request: Server not initialized' } }, {}, status);
    });
    const client = await connectClient(stubbed.url, key.plain, 'auto');
    expect(client.getProtocolEra()).toBe('legacy');
    await client.close();
  });

  it('takes the modern era of a modern upstream', async () => {
    const client = await connectClient(modern.url, key.plain, 'auto');
    expect(client.getProtocolEra()).toBe('modern');
    await client.close();
  });
});

describe('a client of one era on an upstream of the other', () => {
  it('is told by a modern upstream which revisions there are', async () => {
    const answer = await sendMcp(modern.url, { key: key.plain, body: initialize() });
    expect(answer.status).toBe(400);
    expect(answer.message()).toMatchObject({ error: { code: -32022, data: { supported: ['2026-07-28'] } } });
    expect(answer.headers).not.toHaveProperty('mcp-session-id');
  });

  it('is told by a legacy upstream to open a session, in no modern words', async () => {
    const answer = await sendMcp(legacy.url, { key: key.plain, ...modernRequest(3, 'server/discover') });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect([-32020, -32021, -32022]).not.toContain(answer.message().error?.code);
  });
});
