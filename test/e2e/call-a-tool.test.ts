import { Client as FirstLineClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as FirstLineTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectClient, type Negotiation } from '../support/clients.ts';
import { createWorld } from '../support/shared-gateway.ts';
import { startFixtureServer, type FixtureServer } from '../support/upstreams/fixture-server.ts';
import type { Key, Server } from '../support/world.ts';

let fixture: FixtureServer;
let server: Server;
let key: Key;

beforeAll(async () => {
  fixture = await startFixtureServer();
  const world = await createWorld();
  [key, server] = await Promise.all([world.addKey(), world.addServer({ upstreamUrl: fixture.url })]);
  await world.enforced();
});

afterAll(() => fixture.close());

const GREETING = [{ type: 'text', text: 'This is a simple text response for testing.' }];

describe('a client with the URL of a server and an API key', () => {
  it.each<[Negotiation, string]>([
    ['legacy', 'legacy'],
    ['auto', 'modern'],
    ['modern', 'modern'],
  ])('lists and calls tools, reads resources and gets prompts (%s)', async (negotiation, era) => {
    const client = await connectClient(server.url, key.plain, negotiation);
    expect(client.getProtocolEra()).toBe(era);
    expect((await client.listTools()).tools.map((tool) => tool.name)).toContain('test_simple_text');
    expect((await client.callTool({ name: 'test_simple_text', arguments: {} })).content).toEqual(GREETING);
    const [resource] = (await client.readResource({ uri: 'test://static-text' })).contents;
    expect(resource).toMatchObject({ text: 'This is the content of the static text resource.' });
    expect((await client.getPrompt({ name: 'test_simple_prompt' })).messages).toHaveLength(1);
    await client.close();
  });

  it('calls a tool with the first line of the SDK', async () => {
    const client = new FirstLineClient({ name: 'sluice-test', version: '1.0.0' });
    await client.connect(new FirstLineTransport(new URL(server.url), { requestInit: { headers: { 'x-sluice-api-key': key.plain } } }));
    expect((await client.callTool({ name: 'test_simple_text' })).content).toEqual(GREETING);
    await client.close();
  });

  it.each<Negotiation>(['legacy', 'modern'])('sees the progress of a call while it runs (%s)', async (negotiation) => {
    const client = await connectClient(server.url, key.plain, negotiation);
    const seen: number[] = [];
    await client.callTool({ name: 'test_tool_with_progress', arguments: {} }, { onprogress: ({ progress }) => void seen.push(progress) });
    expect(seen).toEqual([0, 50, 100]);
    await client.close();
  });

  it.each<Negotiation>(['legacy', 'modern'])('is asked by a tool and answers it (%s)', async (negotiation) => {
    const client = await connectClient(server.url, key.plain, negotiation, { elicitation: {} });
    client.setRequestHandler('elicitation/create', () => ({ action: 'accept', content: { username: 'ada', email: 'ada@example.com' } }));
    const { content } = await client.callTool({ name: 'test_elicitation', arguments: { message: 'Who are you?' } });
    expect(JSON.stringify(content)).toContain('ada@example.com');
    await client.close();
  });
});
