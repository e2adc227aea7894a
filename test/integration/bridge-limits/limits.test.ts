import { afterEach, describe, expect, it } from 'vitest';
import type { BridgeLimits } from '../../../data-plane/bridge/bridge-limits.ts';
import { startBridgeGateway, type BridgeGateway } from '../../support/bridge-gateway.ts';
import { eventually } from '../../support/eventually.ts';
import { initialize, modernRequest, openMcpStream, openSession, sendMcp, toolCall, type McpRequest } from '../../support/mcp-request.ts';
import { answerModern } from '../../support/modern-stub.ts';
import { startSseFixtureServer } from '../../support/upstreams/sse-fixture-server.ts';
import { answerOverSse, stubMcpServer, type Answer } from '../../support/upstreams/stub-mcp-server.ts';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).toReversed()) await one.close();
});

/** A gateway with these limits in front of one upstream. */
async function start(upstreamUrl: string, transport: 'SSE' | 'STREAMABLE_HTTP', limits: Partial<BridgeLimits>) {
  const gateway: BridgeGateway = await startBridgeGateway({ servers: { one: { upstreamUrl, transport } }, limits });
  opened.push(gateway);
  return { key: gateway.key, url: gateway.processes[0]!.url('one') };
}

async function startStub(answer?: Answer) {
  const stub = await stubMcpServer(answer);
  opened.push(stub);
  return stub;
}

const ASKABLE = { elicitation: {} };

/** A modern client's call that the fixture asks something about. */
function askingCall(more: object = {}): McpRequest {
  const request = modernRequest(1, 'tools/call', { name: 'test_input_required_result_elicitation', arguments: {}, ...more });
  const { params } = request.body as { params: { _meta: Record<string, unknown> } };
  params._meta['io.modelcontextprotocol/clientCapabilities'] = ASKABLE;
  return request;
}

describe('a session that nobody uses is let go after the time that is set', () => {
  it('of a legacy client on HTTP with SSE: the upstream’s stream is closed, and the session is unknown', async () => {
    const stub = await startStub(answerOverSse());
    const { key, url } = await start(stub.url, 'SSE', { sessionIdleMs: 50 });
    const session = await openSession(url, key);
    await (
      await stub.waitFor(({ method }) => method === 'GET')
    ).closed;
    expect((await sendMcp(url, { key, session, body: toolCall(2, 'any') })).status).toBe(404);
  });

  it('but not while it is being opened', async () => {
    const answer = answerOverSse();
    const stub = await startStub((request, response) => {
      if (request.method === 'GET') setTimeout(() => void answer(request, response), 200);
      else return answer(request, response);
    });
    const { key, url } = await start(stub.url, 'SSE', { sessionIdleMs: 40 });
    await openSession(url, key);
    await (
      await stub.waitFor(({ method }) => method === 'GET')
    ).closed;
  });

  it('of a legacy client that left in the middle of a call, which the upstream never answers', async () => {
    const answer = answerOverSse();
    const stub = await startStub((request, response) => {
      if (request.message?.method === 'tools/call') response.writeHead(202).end();
      else return answer(request, response);
    });
    const { key, url } = await start(stub.url, 'SSE', { sessionIdleMs: 50 });
    const session = await openSession(url, key);
    (await openMcpStream(url, { key, session, body: toolCall(2, 'any') })).leave();
    await (
      await stub.waitFor(({ method }) => method === 'GET')
    ).closed;
  });

  it('of a modern client on a legacy upstream: the upstream is told by DELETE', async () => {
    const stub = await startStub();
    const { key, url } = await start(stub.url, 'STREAMABLE_HTTP', { pooledSessionIdleMs: 50 });
    expect((await sendMcp(url, { key, ...modernRequest(1, 'prompts/list') })).status).toBe(200);
    await stub.waitFor(({ method }) => method === 'DELETE');
  });
});

it('no more sessions with upstreams are kept for one caller than are set', async () => {
  const stub = await startStub(answerOverSse());
  const { key, url } = await start(stub.url, 'SSE', { maxSessionsPerCaller: 1 });
  const session = await openSession(url, key);
  const stream = await openMcpStream(url, { key, session });
  expect((await sendMcp(url, { key, body: initialize() })).status).toBe(503);
  stream.leave();
  await eventually(async () => expect((await sendMcp(url, { key, body: initialize() })).status).toBe(200));
});

describe('a call that waits for its client', () => {
  it('is given up after the time that is set: modern client', async () => {
    const fixture = await startSseFixtureServer();
    opened.push(fixture);
    const { key, url } = await start(fixture.url, 'SSE', { parkedMs: 30 });
    const asked = (await sendMcp(url, { key, ...askingCall() })).message().result!;
    expect(asked['resultType']).toBe('input_required');
    await eventually(async () => {
      const { requestState } = asked;
      const answer = await sendMcp(url, { key, ...askingCall({ requestState, inputResponses: {} }) });
      expect(answer.message().error?.code).toBe(-32602);
    });
  });

  it('is given up after the time that is set: legacy client', async () => {
    const inputRequests = { q: { method: 'elicitation/create', params: { mode: 'form', message: 'who?', requestedSchema: {} } } };
    const asking = { result: { resultType: 'input_required', requestState: 's', inputRequests } };
    const stub = await startStub(answerModern({ 'tools/call': () => asking }));
    const { key, url } = await start(stub.url, 'STREAMABLE_HTTP', { parkedMs: 30 });
    const hello = initialize() as { params: { capabilities: object } };
    hello.params.capabilities = ASKABLE;
    const session = String((await sendMcp(url, { key, body: hello })).headers['mcp-session-id']);
    const answer = await sendMcp(url, { key, session, body: toolCall(2, 'any') });
    expect(answer.body.toString()).toContain('elicitation/create');
    expect(answer.message()).toMatchObject({ id: 2, error: { code: -32603 } });
  });

  it('is refused where as many wait as may', async () => {
    const fixture = await startSseFixtureServer();
    opened.push(fixture);
    const { key, url } = await start(fixture.url, 'SSE', { maxParkedCalls: 1 });
    expect((await sendMcp(url, { key, ...askingCall() })).status).toBe(200);
    expect((await sendMcp(url, { key, ...askingCall() })).status).toBe(503);
  });
});
