import { LoggingMessageNotificationSchema, ToolListChangedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBridgeGateway, type BridgeGateway } from '../../support/bridge-gateway.ts';
import { connectClient } from '../../support/clients.ts';
import { connectFirstLineClient } from '../../support/legacy-client.ts';
import { initialize, openMcpStream, openSession, sendMcp, toolCall } from '../../support/mcp-request.ts';
import { startEverythingServer, type EverythingServer } from '../../support/upstreams/everything-server.ts';
import type { FixtureServer } from '../../support/upstreams/fixture-server.ts';
import { startSseFixtureServer } from '../../support/upstreams/sse-fixture-server.ts';
import { openEventStream, stubMcpServer } from '../../support/upstreams/stub-mcp-server.ts';

let fixture: FixtureServer;
let everything: EverythingServer;
let gateway: BridgeGateway;
let urls: readonly string[];

beforeAll(async () => {
  [fixture, everything] = await Promise.all([startSseFixtureServer(), startEverythingServer('sse')]);
  const servers = {
    fixture: { upstreamUrl: fixture.url, transport: 'SSE' as const },
    everything: { upstreamUrl: everything.url, transport: 'SSE' as const },
  };
  gateway = await startBridgeGateway({ servers, processes: 2 });
  urls = gateway.processes.map((process) => process.url('fixture'));
});

afterAll(async () => {
  await gateway.close();
  await Promise.all([fixture.close(), everything.close()]);
});

describe.each(['first', 'second'])('a legacy client of the SDK’s %s line on an upstream with HTTP+SSE only', (line) => {
  const connect = (url: string) => (line === 'first' ? connectFirstLineClient(url, gateway.key) : connectClient(url, gateway.key));

  it('calls, with progress', async () => {
    const client = await connect(urls[0]!);
    expect(client.getServerVersion()).toMatchObject({ name: 'sluice-fixture' });
    expect((await client.listTools()).tools.length).toBeGreaterThan(10);
    const steps: number[] = [];
    await client.callTool({ name: 'test_tool_with_progress', arguments: {} }, ...withProgress(line, steps));
    expect(steps).toEqual([0, 50, 100]);
    await client.close();
  });

  it('goes on after the upstream’s stream broke', async () => {
    const client = await connect(urls[0]!);
    for (let round = 0; round < 3; round++) {
      await fixture.loseSessions();
      expect(JSON.stringify(await client.callTool({ name: 'test_simple_text', arguments: {} }))).toContain('simple text');
    }
    await client.close();
  });

  it('calls the public reference server', async () => {
    const client = await connect(gateway.processes[0]!.url('everything'));
    const answers = await Promise.all([1, 2, 3].map((a) => client.callTool({ name: 'get-sum', arguments: { a, b: 1 } })));
    expect(answers.map((answer) => JSON.stringify(answer.content).match(/is (\d+)/)?.[1])).toEqual(['2', '3', '4']);
    await client.close();
  });
});

it('hears of changes and logs on its own stream', async () => {
  const client = await connectFirstLineClient(urls[0]!, gateway.key);
  const changed = new Promise<void>((resolve) => client.setNotificationHandler(ToolListChangedNotificationSchema, () => resolve()));
  const logged = new Promise<void>((resolve) => client.setNotificationHandler(LoggingMessageNotificationSchema, () => resolve()));
  await client.setLoggingLevel('debug');
  await client.callTool({ name: 'test_trigger_tool_change', arguments: {} });
  await client.callTool({ name: 'test_tool_with_logging', arguments: {} });
  await Promise.all([changed, logged]);
  await client.close();
});

describe('a session', () => {
  it('is served through every process, at the one that opened it', async () => {
    const session = await openSession(urls[0]!, gateway.key);
    for (const url of [urls[1]!, urls[0]!, urls[1]!]) {
      const answer = await sendMcp(url, { key: gateway.key, session, body: toolCall(3, 'test_simple_text') });
      expect(answer.status).toBe(200);
      expect(answer.message()).toMatchObject({ id: 3, result: { content: [{ type: 'text' }] } });
    }
  });

  it('sends to its GET stream, wherever that was opened, what belongs to no call', async () => {
    const session = await openSession(urls[0]!, gateway.key);
    const stream = await openMcpStream(urls[1]!, { key: gateway.key, session });
    await sendMcp(urls[0]!, { key: gateway.key, session, body: toolCall(3, 'test_trigger_tool_change') });
    await stream.readUntil('notifications/tools/list_changed');
    stream.leave();
  });

  it('lets its client answer what the upstream asks', async () => {
    const session = await openAskable(urls[0]!);
    const call = await openMcpStream(urls[0]!, { key: gateway.key, session, body: toolCall(3, 'test_elicitation', { message: 'who?' }) });
    const question = JSON.parse(/data: (\{.*elicitation\/create.*\})/.exec(await call.readUntil('elicitation/create'))![1]!) as {
      id: number;
    };
    const content = { username: 'ada', email: 'ada@example.com' };
    const reply = { jsonrpc: '2.0', id: question.id, result: { action: 'accept', content } };
    expect((await sendMcp(urls[1]!, { key: gateway.key, session, body: reply })).status).toBe(202);
    expect(await call.readAll()).toContain('ada@example.com');
  });

  it('ends with DELETE', async () => {
    const session = await openSession(urls[0]!, gateway.key);
    expect((await sendMcp(urls[0]!, { key: gateway.key, session, method: 'DELETE' })).status).toBe(200);
    const answer = await sendMcp(urls[0]!, { key: gateway.key, session, body: toolCall(3, 'test_simple_text') });
    expect([answer.status, answer.message().error?.code]).toEqual([404, -32001]);
  });

  it('ends with its process, and the client can start again at another', async () => {
    const servers = { fixture: { upstreamUrl: fixture.url, transport: 'SSE' as const } };
    const local = await startBridgeGateway({ servers, processes: 2 });
    const [first, second] = local.processes.map((process) => process.url('fixture'));
    const session = await openSession(first!, local.key);
    await local.processes[0]!.kill();
    const answer = await sendMcp(second!, { key: local.key, session, body: toolCall(3, 'test_simple_text') });
    expect([answer.status, answer.message().error?.code]).toEqual([404, -32001]);
    const again = await openSession(second!, local.key);
    expect((await sendMcp(second!, { key: local.key, session: again, body: toolCall(3, 'test_simple_text') })).status).toBe(200);
    await local.close();
  });

  it('fails the calls under way when the upstream’s stream breaks, and ends its own stream', async () => {
    const session = await openAskable(urls[0]!);
    const stream = await openMcpStream(urls[0]!, { key: gateway.key, session });
    const call = await openMcpStream(urls[0]!, { key: gateway.key, session, body: toolCall(3, 'test_elicitation', { message: 'who?' }) });
    await stream.readUntil('elicitation/create');
    await fixture.loseSessions();
    expect(await call.readAll()).toContain('"code":-32603');
    await stream.readAll();
  });
});

describe('an upstream that is no such server', () => {
  it.each([
    [
      'names another origin to post to',
      (response: Stream) => response.write('event: endpoint\ndata: http://evil.example.com/message\n\n'),
      502,
    ],
    ['ends its stream at once', (response: Stream) => response.end(), 502],
  ])('%s', async (_name, script, status) => {
    const stub = await stubMcpServer((_request, response) => {
      openEventStream(response);
      script(response);
    });
    const local = await startBridgeGateway({ servers: { odd: { upstreamUrl: stub.url, transport: 'SSE' } } });
    const answer = await sendMcp(local.processes[0]!.url('odd'), { key: local.key, body: initialize() });
    expect([answer.status, answer.message().error?.code]).toEqual([status, -32603]);
    expect(stub.requests.every(({ method }) => method === 'GET')).toBe(true);
    await local.close();
    await stub.close();
  });
});

type Stream = Parameters<typeof openEventStream>[0];

async function openAskable(url: string): Promise<string> {
  const body = initialize() as { params: { capabilities: object } };
  body.params.capabilities = { elicitation: {} };
  const answer = await sendMcp(url, { key: gateway.key, body });
  return String(answer.headers['mcp-session-id']);
}

/** The two lines of the SDK take options in different places. */
function withProgress(line: string, steps: number[]): [never, never] {
  const options = { onprogress: ({ progress }: { readonly progress: number }) => void steps.push(progress) };
  return (line === 'first' ? [undefined, options] : [options]) as unknown as [never, never];
}
