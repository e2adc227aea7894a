import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Tracing, type TracePropagation } from '../../../data-plane/telemetry/tracing.ts';
import { startBridgeGateway, type BridgeGateway } from '../../support/bridge-gateway.ts';
import { modernRequest, openSession, sendMcp, toolCall } from '../../support/mcp-request.ts';
import { answerModern, withDiscover } from '../../support/modern-stub.ts';
import {
  answerLegacy,
  answerOverSse,
  isMethod,
  stubMcpServer,
  type RecordedRequest,
  type StubMcpServer,
} from '../../support/upstreams/stub-mcp-server.ts';

const IN_HEADER = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
const IN_META = `00-${'c'.repeat(32)}-${'d'.repeat(16)}-01`;

let stubs: { readonly legacy: StubMcpServer; readonly modern: StubMcpServer; readonly both: StubMcpServer; readonly sse: StubMcpServer };
const gateways = new Map<TracePropagation, BridgeGateway>();

beforeAll(async () => {
  stubs = {
    legacy: await stubMcpServer(),
    modern: await stubMcpServer(answerModern({ 'tools/call': () => ({ result: { resultType: 'complete', content: [] } }) })),
    both: await stubMcpServer(withDiscover(answerLegacy)),
    sse: await stubMcpServer(answerOverSse()),
  };
  const servers = {
    legacy: { upstreamUrl: stubs.legacy.url },
    modern: { upstreamUrl: stubs.modern.url },
    both: { upstreamUrl: stubs.both.url },
    sse: { upstreamUrl: stubs.sse.url, transport: 'SSE' as const },
  };
  for (const propagation of ['off', 'header', 'header-and-meta'] as const) {
    gateways.set(propagation, await startBridgeGateway({ servers, tracing: new Tracing(propagation) }));
  }
});

afterAll(async () => {
  await Promise.all([...gateways.values()].map((gateway) => gateway.close()));
  await Promise.all(Object.values(stubs).map((stub) => stub.close()));
});

interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  readonly meta?: Readonly<Record<string, unknown>>;
}

/** Calls a tool as a modern client, and returns the body as it was sent and the request as the upstream got it. */
async function callModern(server: keyof typeof stubs, propagation: TracePropagation, { headers, meta }: Sent) {
  const gateway = gateways.get(propagation)!;
  const request = modernRequest(1, 'tools/call', { name: 'find', arguments: { n: 1 } });
  const body = request.body as { params: { _meta: object } };
  Object.assign(body.params._meta, meta);
  const text = JSON.stringify(body, null, 2);
  stubs[server].forget();
  await sendMcp(gateway.processes[0]!.url(server), { key: gateway.key, body: text, headers: { ...request.headers, ...headers } });
  return { text, received: await stubs[server].waitFor(isMethod('tools/call')) };
}

async function callLegacy(server: keyof typeof stubs, propagation: TracePropagation, { headers, meta }: Sent) {
  const gateway = gateways.get(propagation)!;
  const url = gateway.processes[0]!.url(server);
  const session = await openSession(url, gateway.key);
  const body = toolCall(2, 'find') as { params: object };
  if (meta !== undefined) Object.assign(body.params, { _meta: meta });
  const text = JSON.stringify(body, null, 2);
  stubs[server].forget();
  await sendMcp(url, { key: gateway.key, session, body: text, headers: headers ?? {} });
  return { text, received: await stubs[server].waitFor(isMethod('tools/call')) };
}

function metaOf(received: RecordedRequest): Record<string, unknown> {
  return (received.message?.params?.['_meta'] ?? {}) as Record<string, unknown>;
}

const trace = { traceparent: IN_HEADER, tracestate: 'vendor=1', baggage: 'team=a' };

describe('a passed-through request', () => {
  it.each([
    ['legacy', callLegacy, 'legacy'],
    ['modern', callModern, 'both'],
  ] as const)('takes the trace of its header along, to the byte (%s)', async (_era, call, server) => {
    const { text, received } = await call(server, 'header', { headers: trace });
    expect(received.headers).toMatchObject(trace);
    expect(received.body.toString()).toBe(text);
  });

  it('has the trace that its message names in the header as well', async () => {
    const { text, received } = await callModern('both', 'header', { headers: { traceparent: IN_HEADER }, meta: { traceparent: IN_META } });
    expect(received.headers['traceparent']).toBe(IN_META);
    expect(received.body.toString()).toBe(text);
  });

  it('has it in the message where the setting says so, and every other byte as it was', async () => {
    const { text, received } = await callModern('both', 'header-and-meta', { headers: trace, meta: { progressToken: 7 } });
    const added = `"traceparent":"${IN_HEADER}","tracestate":"vendor=1","baggage":"team=a",`;
    expect(received.body.toString()).toBe(text.replace('"_meta": {', `"_meta": {${added}`));
    expect(received.headers).toMatchObject(trace);
  });

  it('keeps its bytes in the legacy era, which has no place for it', async () => {
    const { text, received } = await callLegacy('legacy', 'header-and-meta', { headers: trace, meta: { progressToken: 7 } });
    expect(received.body.toString()).toBe(text);
  });

  it('takes nothing along where the setting says so', async () => {
    const { text, received } = await callModern('both', 'off', { headers: trace, meta: { progressToken: 7 } });
    expect(received.headers).not.toHaveProperty('traceparent');
    expect(received.headers).not.toHaveProperty('baggage');
    expect(received.body.toString()).toBe(text);
  });

  it.each([{ traceparent: '00-nonsense', tracestate: 'vendor=1' }, { traceparent: IN_HEADER.toUpperCase() }, { tracestate: 'vendor=1' }])(
    'takes nothing along that is no trace: %o',
    async (headers) => {
      const { received } = await callModern('both', 'header-and-meta', { headers: headers as Record<string, string> });
      expect(received.headers).not.toHaveProperty('traceparent');
      expect(received.headers).not.toHaveProperty('tracestate');
      expect(metaOf(received)).not.toHaveProperty('traceparent');
    },
  );
});

describe('a bridged request', () => {
  it('takes the trace of a legacy client along to a modern upstream, in header and message', async () => {
    const { received } = await callLegacy('modern', 'header', { headers: trace });
    expect(received.headers).toMatchObject(trace);
    expect(metaOf(received)).toMatchObject(trace);
  });

  it('takes the trace of a modern client along to a legacy upstream', async () => {
    const { received } = await callModern('legacy', 'header', { meta: trace });
    expect(received.headers).toMatchObject(trace);
  });

  it.each([callModern, callLegacy])('takes the trace along to an upstream with HTTP and SSE (%o)', async (call) => {
    const { received } = await call('sse', 'header', { headers: trace });
    expect(received.headers).toMatchObject(trace);
  });
});
