import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBridgeGateway, type BridgeGateway } from '../../support/bridge-gateway.ts';
import { connectClient } from '../../support/clients.ts';
import { modernRequest, openMcpStream, sendMcp } from '../../support/mcp-request.ts';
import { startEverythingServer, type EverythingServer } from '../../support/upstreams/everything-server.ts';
import { startFixtureServer, type FixtureServer } from '../../support/upstreams/fixture-server.ts';
import { startSseFixtureServer } from '../../support/upstreams/sse-fixture-server.ts';
import {
  answerLegacy,
  frame,
  isMethod,
  openEventStream,
  sendJson,
  stubMcpServer,
  type StubMcpServer,
} from '../../support/upstreams/stub-mcp-server.ts';

let fixtures: { readonly http: FixtureServer; readonly sse: FixtureServer };
let everything: { readonly http: EverythingServer; readonly sse: EverythingServer };
let stub: StubMcpServer;
let gateway: BridgeGateway;

beforeAll(async () => {
  fixtures = { http: await startFixtureServer({ eras: 'legacy' }), sse: await startSseFixtureServer() };
  everything = { http: await startEverythingServer('streamableHttp'), sse: await startEverythingServer('sse') };
  stub = await stubMcpServer();
  gateway = await startBridgeGateway({
    servers: {
      http: { upstreamUrl: fixtures.http.url },
      sse: { upstreamUrl: fixtures.sse.url, transport: 'SSE' },
      'everything-http': { upstreamUrl: everything.http.url },
      'everything-sse': { upstreamUrl: everything.sse.url, transport: 'SSE' },
      stub: { upstreamUrl: stub.url },
    },
  });
});

afterAll(async () => {
  await gateway.close();
  await Promise.all([fixtures.http.close(), fixtures.sse.close(), everything.http.close(), everything.sse.close(), stub.close()]);
});

const urlOf = (server: string) => gateway.processes[0]!.url(server);
const call = (id: number, name: string, args: object = {}) => modernRequest(id, 'tools/call', { name, arguments: args });

describe.each(['http', 'sse'])('a modern client on a legacy-only upstream (%s)', (server) => {
  it.each(['modern', 'auto'] as const)('learns who the server is and calls its tools (%s)', async (negotiation) => {
    const client = await connectClient(urlOf(server), gateway.key, negotiation);
    expect(client.getServerVersion()).toMatchObject({ name: 'sluice-fixture' });
    expect((await client.listTools()).tools.length).toBeGreaterThan(10);
    expect(JSON.stringify(await client.callTool({ name: 'test_simple_text', arguments: {} }))).toContain('simple text');
    expect((await client.listPrompts()).prompts.length).toBeGreaterThan(2);
    expect((await client.readResource({ uri: 'test://static-text' })).contents).toHaveLength(1);
    await client.close();
  });

  it('hears of the progress of its call, under its own token', async () => {
    const request = call(1, 'test_tool_with_progress') as { body: { params: { _meta: Record<string, unknown> } } };
    request.body.params._meta['progressToken'] = 'mine';
    const answer = await sendMcp(urlOf(server), { key: gateway.key, ...request });
    const steps = answer.body.toString().match(/"progress":\d+/g);
    expect(steps).toEqual(['"progress":0', '"progress":50', '"progress":100']);
    expect(answer.body.toString()).not.toContain('"progressToken":1');
    expect(answer.message()).toMatchObject({ id: 1, result: { resultType: 'complete' } });
  });

  it('gets log messages where it asks for them, of the level it asks for', async () => {
    const counts: number[] = [];
    for (const level of [undefined, 'error', 'info', 'debug', undefined]) {
      const request = call(1, 'test_tool_with_logging') as { body: { params: { _meta: Record<string, unknown> } } };
      if (level !== undefined) request.body.params._meta['io.modelcontextprotocol/logLevel'] = level;
      const answer = await sendMcp(urlOf(server), { key: gateway.key, ...request });
      counts.push(answer.body.toString().split('notifications/message').length - 1);
    }
    expect(counts).toEqual([0, 0, 3, 3, 0]);
  });

  it('is told of changes it listens for, and only of those', async () => {
    const listen = modernRequest(9, 'subscriptions/listen', { notifications: { toolsListChanged: true } });
    const stream = await openMcpStream(urlOf(server), { key: gateway.key, ...listen });
    expect(await stream.readUntil('acknowledged')).toContain('"notifications":{"toolsListChanged":true}');
    await sendMcp(urlOf(server), { key: gateway.key, ...call(1, 'test_trigger_prompt_change') });
    await sendMcp(urlOf(server), { key: gateway.key, ...call(2, 'test_trigger_tool_change') });
    const told = await stream.readUntil('tools/list_changed');
    expect(told).not.toContain('prompts/list_changed');
    expect(told).toContain('"io.modelcontextprotocol/subscriptionId":9');
    stream.leave();
  });

  it('gets the errors of its own era', async () => {
    const missing = await sendMcp(urlOf(server), { key: gateway.key, ...modernRequest(1, 'resources/read', { uri: 'test://none' }) });
    expect(missing.message().error).toMatchObject({ code: -32602, data: { uri: 'test://none' } });
    for (const method of ['ping', 'initialize', 'logging/setLevel', 'nothing/known']) {
      const answer = await sendMcp(urlOf(server), { key: gateway.key, ...modernRequest(3, method) });
      expect([answer.status, answer.message().error?.code, answer.message().id], method).toEqual([404, -32601, 3]);
    }
  });

  it('does not notice that the upstream lost the session', async () => {
    await sendMcp(urlOf(server), { key: gateway.key, ...call(1, 'test_simple_text') });
    for (let round = 0; round < 3; round++) {
      await (server === 'sse' ? fixtures.sse : fixtures.http).loseSessions();
      const answer = await sendMcp(urlOf(server), { key: gateway.key, ...call(2, 'test_simple_text') });
      expect(answer.message().result).toMatchObject({ resultType: 'complete' });
    }
  });
});

describe.each(['everything-http', 'everything-sse'])('a modern client on %s', (server) => {
  it('calls tools, is asked for what it can give, and is asked nothing else', async () => {
    const client = await connectClient(urlOf(server), gateway.key, 'auto', { sampling: {}, elicitation: {} });
    const answer = { model: 'm', role: 'assistant' as const, content: { type: 'text' as const, text: 'sampled' } };
    client.setRequestHandler('sampling/createMessage', () => answer);
    expect(JSON.stringify(await client.callTool({ name: 'echo', arguments: { message: 'hello' } }))).toContain('hello');
    const sampled = await client.callTool({ name: 'trigger-sampling-request', arguments: { prompt: 'p', maxTokens: 5 } });
    expect(JSON.stringify(sampled.content)).toContain('sampled');
    const many = await Promise.all([1, 2, 3, 4, 5].map((a) => client.callTool({ name: 'get-sum', arguments: { a, b: 1 } })));
    expect(many.map(({ content }) => JSON.stringify(content).match(/is (\d+)/)?.[1])).toEqual(['2', '3', '4', '5', '6']);
    await client.close();
  });
});

describe('towards the upstream', () => {
  it('one session serves all calls of one client, in the words of the legacy era', async () => {
    stub.forget();
    for (const id of [1, 2]) await sendMcp(urlOf('stub'), { key: gateway.key, ...modernRequest(id, 'prompts/list', { cursor: 'c' }) });
    expect(stub.requests.filter(isMethod('initialize'))).toHaveLength(1);
    const sent = await stub.waitFor(isMethod('prompts/list'));
    expect(sent.message?.params).toEqual({ cursor: 'c' });
    expect(sent.headers).toMatchObject({ 'mcp-session-id': 'stub-session-1', 'mcp-protocol-version': '2025-11-25' });
    expect(sent.headers).not.toHaveProperty('mcp-method');
    expect(sent.headers).not.toHaveProperty('authorization');
  });

  it('a client that closes its request cancels the call', async () => {
    stub.forget();
    stub.answer((request, response) => {
      if (request.message?.method !== 'prompts/get') return answerLegacy(request, response);
      openEventStream(response);
      response.write(frame({ jsonrpc: '2.0', method: 'notifications/unknown' }));
    });
    const stream = await openMcpStream(urlOf('stub'), { key: gateway.key, ...modernRequest(5, 'prompts/get', { name: 'p' }) });
    await stream.readUntil('notifications/unknown');
    stream.leave();
    const canceled = await stub.waitFor(isMethod('notifications/cancelled'));
    stub.answer(answerLegacy);
    const asked = await stub.waitFor(isMethod('prompts/get'));
    expect(canceled.message?.params?.['requestId']).toBe(asked.message?.id);
  });

  it('numbers that a double cannot hold arrive as they were written, in both directions', async () => {
    stub.answer((request, response) => {
      if (request.message?.method !== 'completion/complete') return answerLegacy(request, response);
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(`{"jsonrpc":"2.0","id":${request.message.id},"result":{"echo":${/"big":([\d.]+)/.exec(request.body.toString())?.[1]}}}`);
    });
    const { body, headers } = modernRequest(1, 'completion/complete') as { body: object; headers: Record<string, string> };
    const text = JSON.stringify(body).replace('"params":{', '"params":{"big":12345678901234567890,');
    const answer = await sendMcp(urlOf('stub'), { key: gateway.key, body: text, headers });
    stub.answer(answerLegacy);
    expect(answer.body.toString()).toContain('"echo":12345678901234567890');
  });

  it('an upstream that is gone in the middle of an answer ends the call, which is not made again', async () => {
    stub.forget();
    stub.answer((request, response) => {
      if (request.message?.method !== 'prompts/get') return answerLegacy(request, response);
      openEventStream(response);
      response.write(frame({ jsonrpc: '2.0', method: 'notifications/unknown' }), () => response.destroy());
    });
    const answer = await sendMcp(urlOf('stub'), { key: gateway.key, ...modernRequest(5, 'prompts/get', { name: 'p' }) });
    stub.answer(answerLegacy);
    expect(answer.message()).toMatchObject({ id: 5, error: { code: -32603 } });
    expect(stub.requests.filter(isMethod('prompts/get'))).toHaveLength(1);
  });

  it('an upstream that is down is reported as such, and tried anew with the next call', async () => {
    const other = await stubMcpServer((_request, response) =>
      sendJson(response, { jsonrpc: '2.0', id: null, error: { code: -32000, message: 'no' } }, {}, 503),
    );
    const local = await startBridgeGateway({ servers: { down: { upstreamUrl: other.url } } });
    const url = local.processes[0]!.url('down');
    expect((await sendMcp(url, { key: local.key, ...modernRequest(1, 'server/discover') })).status).toBe(502);
    other.answer(answerLegacy);
    expect((await sendMcp(url, { key: local.key, ...modernRequest(1, 'server/discover') })).status).toBe(200);
    await local.close();
    await other.close();
  });
});
