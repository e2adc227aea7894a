import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { openMcpStream, openSession } from '../support/mcp-request.ts';
import { startOwnGateway } from '../support/own-gateway.ts';
import { World } from '../support/world.ts';
import type { RunningGateway } from '../support/start-gateway.ts';
import { answerLegacy, openEventStream, sendJson, stubMcpServer, type StubMcpServer } from '../support/upstreams/stub-mcp-server.ts';

let gateway: RunningGateway;
let stub: StubMcpServer;
/** What the upstream offers, and only with this credential. */
let tools: object[] = [{ name: 'first', inputSchema: { type: 'object' } }];
const CREDENTIAL = 'of the first who connected';
const streams: { write(text: string): void }[] = [];

beforeAll(async () => {
  gateway = await startOwnGateway({ env: { SLUICE_CAPABILITY_REFRESH_SECONDS: '3600' } });
  stub = await stubMcpServer((request, response) => {
    if (request.headers['x-api-key'] !== CREDENTIAL) return void response.writeHead(401).end();
    if (request.method === 'GET') {
      openEventStream(response);
      return void streams.push(response);
    }
    const { message } = request;
    if (message?.method !== 'tools/list') return answerLegacy(request, response);
    sendJson(response, { jsonrpc: '2.0', id: message.id, result: { tools } });
  });
});
afterAll(async () => {
  await gateway.stop();
  await stub.close();
});

it('what a server offers is found by itself when somebody connects it, and again when it says that it changed', async () => {
  const world = await World.create(gateway);
  const person = await world.addPerson();
  const key = await world.addKey({ person });
  const server = await world.addServer({ upstreamUrl: stub.url, authentication: 'CUSTOM_HEADERS', granularity: 'USER' });
  const read = async () => {
    const answer = await world.api.run<{
      capabilityDiscovery: { lastError: string | null; succeededAt: string | null };
      capabilities: { nodes: { name: string; vanishedAt: string | null }[] };
    }>(
      `query ($id: ID!) {
        mcpServer(id: $id) { capabilityDiscovery { lastError succeededAt } capabilities { nodes { name vanishedAt } } }
      }`,
      { id: server.id },
      'mcpServer',
    );
    return answer;
  };
  await eventually(async () => expect((await read()).capabilityDiscovery.lastError).toMatch(/Connect it first/));
  await world.connect(server, person.id, { 'X-Api-Key': CREDENTIAL });
  await eventually(async () => expect((await read()).capabilities.nodes.map(({ name }) => name)).toEqual(['first']));
  expect(await read()).toMatchObject({ capabilityDiscovery: { lastError: null, succeededAt: expect.any(String) } });

  await world.enforced();
  const session = await openSession(server.url, key.plain);
  const stream = await openMcpStream(gateway.replicas[0]!.url + server.path, { key: key.plain, session });
  tools = [{ name: 'second', inputSchema: { type: 'object' } }];
  await eventually(async () => expect(streams).not.toEqual([]));
  for (const open of streams) open.write('data: {"jsonrpc":"2.0","method":"notifications/tools/list_changed"}\n\n');
  await stream.readUntil('list_changed');
  await eventually(async () => {
    const { nodes } = (await read()).capabilities;
    expect(nodes.filter(({ vanishedAt }) => vanishedAt === null).map(({ name }) => name)).toEqual(['second']);
    expect(nodes).toHaveLength(2);
  });
  stream.leave();
});
