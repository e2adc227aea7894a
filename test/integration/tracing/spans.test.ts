import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openSampler } from '../../../foundation/otlp/sampler.ts';
import { Tracing } from '../../../data-plane/telemetry/tracing.ts';
import { startBridgeGateway, type BridgeGateway } from '../../support/bridge-gateway.ts';
import { eventually } from '../../support/eventually.ts';
import { modernRequest, openSession, sendMcp, toolCall } from '../../support/mcp-request.ts';
import { answerModern, withDiscover } from '../../support/modern-stub.ts';
import { toReceivedSpan, type ReceivedSpan } from '../../support/otlp-receiver.ts';
import {
  answerLegacy,
  answerOverSse,
  isMethod,
  stubMcpServer,
  type RecordedRequest,
  type StubMcpServer,
} from '../../support/upstreams/stub-mcp-server.ts';

const TRACE = 'a'.repeat(32);
const CLIENT_SPAN = 'b'.repeat(16);
const SERVER = 2;
const CLIENT = 3;

let stubs: { readonly legacy: StubMcpServer; readonly modern: StubMcpServer; readonly both: StubMcpServer; readonly sse: StubMcpServer };
let gateway: BridgeGateway;
let replicas: BridgeGateway;
const spans: ReceivedSpan[] = [];

beforeAll(async () => {
  stubs = {
    legacy: await stubMcpServer(),
    modern: await stubMcpServer(answerModern({ 'tools/call': () => ({ result: { resultType: 'complete', content: [] } }) })),
    both: await stubMcpServer(withDiscover(answerLegacy)),
    sse: await stubMcpServer(answerOverSse()),
  };
  const sampler = openSampler({ name: 'parentbased_always_on', ratio: 1 });
  const tracing = new Tracing('header-and-meta', { sampler, add: (span) => void spans.push(toReceivedSpan(JSON.parse(span))) });
  replicas = await startBridgeGateway({ servers: { modern: { upstreamUrl: stubs.modern.url } }, processes: 2, tracing });
  gateway = await startBridgeGateway({
    tracing,
    servers: {
      legacy: { upstreamUrl: stubs.legacy.url },
      modern: { upstreamUrl: stubs.modern.url },
      both: { upstreamUrl: stubs.both.url },
      sse: { upstreamUrl: stubs.sse.url, transport: 'SSE' },
      gone: { upstreamUrl: 'http://127.0.0.1:9/secret-path/mcp?token=hunter2' },
    },
  });
});

beforeEach(() => void spans.splice(0));

afterAll(async () => {
  await Promise.all([gateway.close(), replicas.close()]);
  await Promise.all(Object.values(stubs).map((stub) => stub.close()));
});

type Sent = Readonly<Record<string, string>>;
const inTrace: Sent = { traceparent: `00-${TRACE}-${CLIENT_SPAN}-01` };

async function callModern(server: string, headers: Sent = inTrace): Promise<void> {
  const request = modernRequest(1, 'tools/call', { name: 'find', arguments: {} });
  await sendMcp(gateway.processes[0]!.url(server), { key: gateway.key, ...request, headers: { ...request.headers, ...headers } });
}

async function callLegacy(server: string, headers: Sent = inTrace): Promise<void> {
  const url = gateway.processes[0]!.url(server);
  const session = await openSession(url, gateway.key);
  spans.splice(0);
  await sendMcp(url, { key: gateway.key, session, body: toolCall(2, 'find'), headers });
}

function waitForSpans(matches: (span: ReceivedSpan) => boolean): Promise<ReceivedSpan> {
  return eventually(async () => {
    const found = spans.find(matches);
    if (found === undefined) throw new Error(`not among ${JSON.stringify(spans)}`);
    return found;
  });
}

describe.each([
  ['legacy on legacy', 'legacy', callLegacy],
  ['modern on modern', 'both', callModern],
  ['legacy on modern', 'modern', callLegacy],
  ['modern on legacy', 'legacy', callModern],
  ['legacy on HTTP with SSE', 'sse', callLegacy],
  ['modern on HTTP with SSE', 'sse', callModern],
] as const)('a call, %s', (_cell, server, call) => {
  it('is one trace from the client over the gateway to the upstream', async () => {
    stubs[server].forget();
    await call(server);
    const received: RecordedRequest = await stubs[server].waitFor(isMethod('tools/call'));
    const whole = await waitForSpans(({ kind, name }) => kind === SERVER && name === 'tools/call find');
    expect(whole).toMatchObject({ traceId: TRACE, parentSpanId: CLIENT_SPAN });
    const parts = spans.filter(({ parentSpanId }) => parentSpanId === whole.spanId);
    expect(parts.map(({ name }) => name)).toEqual(expect.arrayContaining(['authorize', 'credential', 'tools/call find']));
    const hop = parts.find(({ kind, name }) => kind === CLIENT && name === 'tools/call find')!;
    expect(received.headers['traceparent']).toBe(`00-${TRACE}-${hop.spanId}-01`);
    for (const part of parts) {
      expect(part.traceId).toBe(TRACE);
      expect(part.startMs).toBeGreaterThanOrEqual(whole.startMs - 0.01);
      expect(part.endMs).toBeLessThanOrEqual(whole.endMs + 0.01);
    }
    const meta = received.message?.params?.['_meta'] as Record<string, unknown> | undefined;
    if (server === 'modern' || server === 'both') expect(meta?.['traceparent']).toBe(received.headers['traceparent']);
  });
});

it('says what the semantic conventions for MCP say, and no secret', async () => {
  await callLegacy('legacy');
  const whole = await waitForSpans(({ kind, name }) => kind === SERVER && name === 'tools/call find');
  expect(whole.attributes).toMatchObject({
    'mcp.method.name': 'tools/call',
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': 'find',
    'jsonrpc.request.id': '2',
    'rpc.system.name': 'jsonrpc',
    'network.transport': 'tcp',
    'network.protocol.name': 'http',
    'network.protocol.version': '1.1',
    'http.request.method': 'POST',
    'http.response.status_code': 200,
    'sluice.workspace.id': 'ws_test',
    'sluice.server.id': 'mcps_legacy',
    'sluice.key.id': 'key_1',
    'sluice.user.id': 'usr_1',
    'sluice.outcome': 'completed',
  });
  expect(whole.attributes['mcp.session.id']).toMatch(/^[0-9a-f]{16}$/);
  expect(whole.status).toBeUndefined();
  const hop = spans.find(({ kind }) => kind === CLIENT)!;
  expect(hop.attributes).toMatchObject({ 'server.address': '127.0.0.1', 'http.response.status_code': 200 });
  expect(hop.attributes['server.port']).toBe(Number(new URL(stubs.legacy.url).port));
});

it('begins a trace where the client has none, and tells the upstream', async () => {
  stubs.both.forget();
  await callModern('both', {});
  const received = await stubs.both.waitFor(isMethod('tools/call'));
  const hop = await waitForSpans(({ kind, name }) => kind === CLIENT && name === 'tools/call find');
  const whole = spans.find(({ kind }) => kind === SERVER)!;
  expect(whole.parentSpanId).toBeUndefined();
  expect(received.headers['traceparent']).toBe(`00-${whole.traceId}-${hop.spanId}-01`);
});

it('records nothing that the client does not record, and tells the upstream so', async () => {
  stubs.both.forget();
  await callModern('both', { traceparent: `00-${TRACE}-${CLIENT_SPAN}-00` });
  const received = await stubs.both.waitFor(isMethod('tools/call'));
  expect(received.headers['traceparent']).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-00$`));
  await callModern('both');
  await waitForSpans(({ kind }) => kind === SERVER);
  expect(spans.filter(({ kind }) => kind === SERVER)).toHaveLength(1);
});

it('says why a call was refused, and where it ended', async () => {
  await callModern('nothing-here');
  const refused = await waitForSpans(({ kind }) => kind === SERVER);
  expect(refused).toMatchObject({ attributes: { 'error.type': 'route_unknown', 'sluice.outcome': 'refused' }, status: undefined });
  expect(spans).toHaveLength(1);
});

it('shows an upstream that does not answer as an error of the part and of the whole', async () => {
  const url = gateway.processes[0]!.url('gone');
  await sendMcp(url, { key: gateway.key, body: { jsonrpc: '2.0', id: 1, method: 'tools/list' }, headers: inTrace });
  const whole = await waitForSpans(({ kind }) => kind === SERVER);
  expect(whole).toMatchObject({ status: 2, attributes: { 'error.type': 'upstream_unreachable', 'http.response.status_code': 502 } });
  const hop = spans.find(({ kind }) => kind === CLIENT)!;
  expect(hop).toMatchObject({ status: 2, attributes: { 'error.type': 'upstream_unreachable', 'server.port': 9 } });
  expect(JSON.stringify(spans)).not.toMatch(/hunter2|secret-path/);
});

it('shows a request that two processes served as one trace', async () => {
  const [first, second] = replicas.processes.map((process) => process.url('modern'));
  const session = await openSession(first!, replicas.key);
  spans.splice(0);
  await sendMcp(second!, { key: replicas.key, session, body: toolCall(3, 'find'), headers: inTrace });
  const outer = await waitForSpans(({ kind, attributes }) => kind === SERVER && attributes['sluice.outcome'] === 'relayed');
  const relay = spans.find(({ kind, parentSpanId }) => kind === CLIENT && parentSpanId === outer.spanId)!;
  const inner = await waitForSpans(({ kind, parentSpanId }) => kind === SERVER && parentSpanId === relay.spanId);
  expect([outer.traceId, relay.traceId, inner.traceId]).toEqual([TRACE, TRACE, TRACE]);
});
