import { CreateMessageRequestSchema, ElicitRequestSchema, ListRootsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectFirstLineClient } from '../support/legacy-client.ts';
import { startOwnGateway } from '../support/own-gateway.ts';
import type { RunningGateway } from '../support/start-gateway.ts';
import { startFixtureServer, type FixtureServer } from '../support/upstreams/fixture-server.ts';
import { World, type Key, type Server } from '../support/world.ts';

let fixture: FixtureServer;
let gateway: RunningGateway;
let server: Server;
let key: Key;

beforeAll(async () => {
  [fixture, gateway] = await Promise.all([startFixtureServer({ eras: 'modern' }), startOwnGateway({ replicas: 2 })]);
  const world = await World.create(gateway);
  key = await world.addKey();
  server = await world.addServer({ upstreamUrl: fixture.url });
  await world.enforced();
});

afterAll(() => Promise.all([gateway.stop(), fixture.close()]));

/** A legacy client whose every request reaches the next replica. */
async function connect() {
  const client = await connectFirstLineClient(server.url, key.plain, { elicitation: {}, sampling: {}, roots: {} });
  client.setRequestHandler(ElicitRequestSchema, () => ({ action: 'accept' as const, content: { name: 'Ada' } }));
  client.setRequestHandler(CreateMessageRequestSchema, () => ({
    role: 'assistant' as const,
    model: 'test',
    content: { type: 'text' as const, text: 'Paris' },
  }));
  client.setRequestHandler(ListRootsRequestSchema, () => ({ roots: [] }));
  return client;
}

describe('a legacy client of a modern upstream, behind a balancer without affinity', () => {
  it('is asked by one replica and replies to the other, again and again', async () => {
    const client = await connect();
    for (let i = 0; i < 6; i++) {
      const { content } = await client.callTool({ name: 'test_input_required_result_multiple_inputs', arguments: {} });
      expect(JSON.stringify(content)).toContain('All inputs received');
    }
    await client.close();
  });

  it('goes on when the replica that kept its session is killed', async () => {
    const client = await connect();
    const [first, second] = gateway.dataPlanes;
    first!.kill('SIGKILL');
    await first!.exited;
    gateway.setReplicas([gateway.replicas[1]!.url]);
    expect((await client.listTools()).tools.length).toBeGreaterThan(10);
    const { content } = await client.callTool({ name: 'test_input_required_result_elicitation', arguments: {} });
    expect(JSON.stringify(content)).toContain('Hello, Ada!');
    expect(second!.log.some(({ level }) => level === 'error')).toBe(false);
    await client.close();
  });
});
