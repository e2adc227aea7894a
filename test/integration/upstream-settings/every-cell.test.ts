import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBridgeGateway, type BridgeGateway } from '../../support/bridge-gateway.ts';
import { initialize, modernRequest, openSession, sendMcp, type McpRequest } from '../../support/mcp-request.ts';
import { answerModern, withDiscover } from '../../support/modern-stub.ts';
import {
  answerLegacy,
  answerOverSse,
  isMethod,
  openEventStream,
  stubMcpServer,
  type Answer,
  type StubMcpServer,
} from '../../support/upstreams/stub-mcp-server.ts';

/** A pairing of client and upstream, with an upstream that is silent where it hurts. */
interface Cell {
  readonly transport: 'STREAMABLE_HTTP' | 'SSE';
  readonly client: McpRequest;
  readonly answer: Answer;
  /** Whether the client opens a session first. */
  readonly opensSession?: true;
}

const LEGACY: McpRequest = { body: initialize() };
const LIST: McpRequest = { body: { jsonrpc: '2.0', id: 2, method: 'tools/list' } };
const MODERN: McpRequest = modernRequest(1, 'tools/list');
const silent: Answer = () => undefined;

/** Streamable HTTP of the legacy era that answers everything but one method. */
const silentOn =
  (method: string): Answer =>
  (request, response) => {
    if (!isMethod(method)(request)) answerLegacy(request, response);
  };

/** Says where to post, and accepts nothing. */
const silentOnPosts: Answer = (request, response) => {
  if (request.method !== 'GET') return;
  openEventStream(response);
  response.write('event: endpoint\ndata: /message?sessionId=1\n\n');
};

/** Says where to post, takes everything, and answers nothing. */
const silentOnStream: Answer = (request, response) => {
  if (request.method === 'GET') return silentOnPosts(request, response);
  response.writeHead(202).end();
};

/** Streamable HTTP of the legacy era that opens a stream for one method, and says nothing on it. */
const silentAfterHead =
  (method: string): Answer =>
  (request, response) => {
    if (isMethod(method)(request)) openEventStream(response);
    else answerLegacy(request, response);
  };

const cells: Readonly<Record<string, Cell>> = {
  'legacy-on-legacy': { transport: 'STREAMABLE_HTTP', client: LEGACY, answer: silent },
  'legacy-on-modern': {
    transport: 'STREAMABLE_HTTP',
    client: LIST,
    answer: answerModern({ 'tools/list': () => undefined }),
    opensSession: true,
  },
  'legacy-on-sse-stream': { transport: 'SSE', client: LEGACY, answer: silent },
  'legacy-on-sse-posts': { transport: 'SSE', client: LEGACY, answer: silentOnPosts },
  'modern-on-modern': { transport: 'STREAMABLE_HTTP', client: MODERN, answer: withDiscover(silent) },
  'modern-on-legacy-opening': { transport: 'STREAMABLE_HTTP', client: MODERN, answer: silentOn('initialize') },
  'modern-on-legacy-call': { transport: 'STREAMABLE_HTTP', client: MODERN, answer: silentOn('tools/list') },
  'modern-on-sse-stream': { transport: 'SSE', client: MODERN, answer: silent },
  // What the gateway itself asks has to be answered in that time, not only to be begun.
  'legacy-on-sse-opening': { transport: 'SSE', client: LEGACY, answer: silentOnStream },
  'modern-on-sse-opening': { transport: 'SSE', client: MODERN, answer: silentOnStream },
  'modern-on-legacy-opening-stream': { transport: 'STREAMABLE_HTTP', client: MODERN, answer: silentAfterHead('initialize') },
  'modern-on-probe-stream': { transport: 'STREAMABLE_HTTP', client: MODERN, answer: silentAfterHead('server/discover') },
  'modern-on-sse-posts': { transport: 'SSE', client: MODERN, answer: silentOnPosts },
};
const names = Object.keys(cells);

describe('the patience of a server’s settings holds', () => {
  const stubs: StubMcpServer[] = [];
  let gateway: BridgeGateway;

  beforeAll(async () => {
    for (const { answer } of Object.values(cells)) stubs.push(await stubMcpServer(answer));
    const patience = { upstreamTimeoutMs: 1_000, circuitBreaker: { failures: 1, openMs: 60_000 } };
    const servers = names.map((name, i) => [name, { upstreamUrl: stubs[i]!.url, transport: cells[name]!.transport, ...patience }] as const);
    gateway = await startBridgeGateway({ servers: Object.fromEntries(servers) });
  });
  afterAll(async () => {
    await gateway.close();
    await Promise.all(stubs.map((stub) => stub.close()));
  });

  it.concurrent.each(names)('%s: a silent upstream is given up, and then left alone', async (name) => {
    const { client, opensSession } = cells[name]!;
    const url = gateway.processes[0]!.url(name);
    const session = opensSession === true ? await openSession(url, gateway.key) : undefined;
    const request = { key: gateway.key, session, ...client };
    const late = await sendMcp(url, request);
    expect([late.status, late.message().error?.code]).toEqual([504, -32603]);
    const refused = await sendMcp(url, request);
    expect([refused.status, refused.headers['retry-after']]).toEqual([503, '60']);
  });
});

describe('an upstream that comes up a moment later is reached by the retry', () => {
  it.each([
    ['a legacy client over Streamable HTTP', 'STREAMABLE_HTTP', LEGACY],
    ['a legacy client over HTTP with SSE', 'SSE', LEGACY],
    ['a modern client over Streamable HTTP', 'STREAMABLE_HTTP', MODERN],
    ['a modern client over HTTP with SSE', 'SSE', MODERN],
  ] as const)('%s', async (_name, transport, client) => {
    const gone = await stubMcpServer();
    const { port } = new URL(gone.url);
    await gone.close();
    const servers = { late: { upstreamUrl: gone.url, transport, connectRetries: 5 } };
    const gateway = await startBridgeGateway({ servers });
    const call = sendMcp(gateway.processes[0]!.url('late'), { key: gateway.key, ...client });
    const stub = await stubMcpServer(transport === 'SSE' ? answerOverSse() : answerLegacy, Number(port));
    expect((await call).status).toBe(200);
    const methods = stub.requests.map(({ message }) => message?.method).filter((method) => method !== undefined);
    expect(methods.length).toBe(new Set(methods).size);
    await gateway.close();
    await stub.close();
  });
});
