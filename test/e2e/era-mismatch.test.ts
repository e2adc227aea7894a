import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectClient, type Negotiation } from '../support/clients.ts';
import { initialize, modernRequest, sendMcp } from '../support/mcp-request.ts';
import { createWorld } from '../support/shared-gateway.ts';
import { startFixtureServer, type FixtureServer } from '../support/upstreams/fixture-server.ts';
import { startSseFixtureServer } from '../support/upstreams/sse-fixture-server.ts';
import { answerLegacy, sendJson, stubMcpServer, type StubMcpServer } from '../support/upstreams/stub-mcp-server.ts';
import type { Key, Server } from '../support/world.ts';

let upstreams: readonly FixtureServer[];
let stub: StubMcpServer;
let servers: Readonly<Record<'legacy' | 'modern' | 'sse' | 'stubbed', Server>>;
let key: Key;

beforeAll(async () => {
  const [legacy, modern, sse] = await Promise.all([
    startFixtureServer({ eras: 'legacy' }),
    startFixtureServer({ eras: 'modern' }),
    startSseFixtureServer(),
  ]);
  upstreams = [legacy, modern, sse];
  stub = await stubMcpServer();
  const world = await createWorld();
  key = await world.addKey();
  servers = {
    legacy: await world.addServer({ upstreamUrl: legacy.url }),
    modern: await world.addServer({ upstreamUrl: modern.url }),
    sse: await world.addServer({ upstreamUrl: sse.url, transport: 'SSE' }),
    stubbed: await world.addServer({ upstreamUrl: stub.url }),
  };
  await world.enforced();
});

afterAll(() => Promise.all([...upstreams.map((upstream) => upstream.close()), stub.close()]));

describe.each(['legacy', 'modern', 'sse'] as const)('an upstream that speaks %s only', (upstream) => {
  it.each<[Negotiation, string]>([
    ['legacy', 'legacy'],
    ['auto', 'modern'],
    ['modern', 'modern'],
  ])('serves a client that opens %s, in the era of the client', async (negotiation, era) => {
    const client = await connectClient(servers[upstream].url, key.plain, negotiation);
    expect(client.getProtocolEra()).toBe(era);
    expect((await client.listTools()).tools.length).toBeGreaterThan(10);
    const { content } = await client.callTool({ name: 'test_simple_text' });
    expect(content).toEqual([{ type: 'text', text: 'This is a simple text response for testing.' }]);
    await client.close();
  });
});

describe('a client that speaks both eras', () => {
  it.each([400, 404, 405, 500, 501])('is served where the upstream answers the probe with %i', async (status) => {
    stub.answer((request, response) => {
      if (request.message?.method !== 'server/discover') return answerLegacy(request, response);
      sendJson(response, { jsonrpc: '2.0', id: null, error: { code: -32000, message: 'Bad Request: Server not initialized' } }, {}, status);
    });
    const client = await connectClient(servers.stubbed.url, key.plain, 'auto');
    expect(client.getProtocolEra()).toBe('modern');
    await client.close();
  });
});

describe('a client of one era on an upstream of the other', () => {
  it('gets a session that a modern upstream does not have', async () => {
    const answer = await sendMcp(servers.modern.url, { key: key.plain, body: initialize() });
    expect(answer.message()).toMatchObject({ result: { protocolVersion: '2025-11-25', serverInfo: { name: 'sluice-fixture' } } });
    expect(answer.headers).toHaveProperty('mcp-session-id');
  });

  it('gets no session of a legacy upstream that it does not know', async () => {
    const answer = await sendMcp(servers.legacy.url, { key: key.plain, ...modernRequest(3, 'server/discover') });
    expect(answer.message()).toMatchObject({ id: 3, result: { resultType: 'complete', supportedVersions: ['2026-07-28'] } });
    expect(answer.headers).not.toHaveProperty('mcp-session-id');
  });
});
