import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBridgeGateway, type BridgeGateway } from '../../support/bridge-gateway.ts';
import { modernRequest, openMcpStream, openSession, sendMcp, toolCall, type McpRequest } from '../../support/mcp-request.ts';
import { answerModern, openSubscription } from '../../support/modern-stub.ts';
import {
  answerLegacy,
  answerOverSse,
  frame,
  isMethod,
  openEventStream,
  stubMcpServer,
  type Answer,
  type StubMcpServer,
} from '../../support/upstreams/stub-mcp-server.ts';

/** How long a silence the servers are allowed, in milliseconds. */
const IDLE_MS = 250;

/** A legacy server over Streamable HTTP that opens every stream, and says nothing on it. */
const silentLegacy: Answer = (request, response) => {
  if (request.method === 'GET' || isMethod('tools/call')(request)) openEventStream(response);
  else answerLegacy(request, response);
};

/** The same over HTTP with SSE. */
function silentOverSse(): Answer {
  const answer = answerOverSse();
  return (request, response) => (isMethod('tools/call')(request) ? void response.writeHead(202).end() : answer(request, response));
}

/** The same of the modern era. */
const silentModern = answerModern({
  'tools/call': (_message, response) => {
    openEventStream(response);
    return undefined;
  },
  'subscriptions/listen': (message, response) => void openSubscription(message, response),
});

const UPSTREAMS = {
  legacy: { transport: 'STREAMABLE_HTTP', answer: silentLegacy },
  modern: { transport: 'STREAMABLE_HTTP', answer: silentModern },
  sse: { transport: 'SSE', answer: silentOverSse() },
} as const;
const KINDS = ['legacy', 'modern', 'sse'] as const;
const MODERN_CALL = modernRequest(7, 'tools/call', { name: 'slow', arguments: {} });
const MODERN_LISTEN = modernRequest(8, 'subscriptions/listen', { notifications: { toolsListChanged: true } });

const stubs = {} as Record<(typeof KINDS)[number], StubMcpServer>;
let gateway: BridgeGateway;

beforeAll(async () => {
  for (const kind of KINDS) stubs[kind] = await stubMcpServer(UPSTREAMS[kind].answer);
  const toServer = (kind: (typeof KINDS)[number]) => ({
    upstreamUrl: stubs[kind].url,
    transport: UPSTREAMS[kind].transport,
    upstreamIdleMs: IDLE_MS,
  });
  const servers = { legacy: toServer('legacy'), modern: toServer('modern'), sse: toServer('sse') };
  gateway = await startBridgeGateway({ servers, keepAliveMs: 100 });
});
afterAll(async () => {
  await gateway.close();
  await Promise.all(Object.values(stubs).map((stub) => stub.close()));
});

const toUrl = (kind: string) => gateway.processes[0]!.url(kind);

async function toLegacy(kind: string, sent: McpRequest): Promise<McpRequest> {
  return { key: gateway.key, session: await openSession(toUrl(kind), gateway.key), ...sent };
}

describe.each(KINDS)('an upstream (%s) that says nothing for longer than its settings allow', (kind) => {
  it('fails the call of a legacy client', async () => {
    const answer = await sendMcp(toUrl(kind), await toLegacy(kind, { body: toolCall(7, 'slow') }));
    expect(answer.message()).toMatchObject({ id: 7, error: { code: -32603, message: expect.stringContaining('in time') } });
  });

  it('fails the call of a modern client', async () => {
    const answer = await sendMcp(toUrl(kind), { key: gateway.key, ...MODERN_CALL });
    expect(answer.message()).toMatchObject({ id: 7, error: { code: -32603, message: expect.stringContaining('in time') } });
  });

  it('has streams ended on which nobody waits for an answer', async () => {
    const get = await openMcpStream(toUrl(kind), await toLegacy(kind, {}));
    expect([get.status, (await get.readAll()).includes('error')]).toEqual([200, false]);
  });
});

it('a subscription of a modern client ends as well, and its client may listen anew', async () => {
  for (let round = 0; round < 2; round++) {
    const stream = await openMcpStream(toUrl('modern'), { key: gateway.key, ...MODERN_LISTEN });
    expect(await stream.readAll()).toContain('acknowledged');
  }
});

it('an upstream that the gateway translates for is told that nobody waits any longer', async () => {
  for (const kind of ['legacy', 'sse'] as const) {
    stubs[kind].forget();
    await sendMcp(toUrl(kind), { key: gateway.key, ...MODERN_CALL });
    await stubs[kind].waitFor(isMethod('notifications/cancelled'));
  }
});

it('an upstream that says something now and then has all the time it needs', async () => {
  const progress = frame({ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: 1, progress: 1 } });
  stubs.legacy.answer(async (request, response) => {
    if (!isMethod('tools/call')(request)) return answerLegacy(request, response);
    openEventStream(response);
    for (let step = 0; step < 4; step++) {
      await delay(IDLE_MS / 2);
      response.write(progress);
    }
    response.end(frame({ jsonrpc: '2.0', id: request.message?.id, result: { content: [] } }));
  });
  const answer = await sendMcp(toUrl('legacy'), await toLegacy('legacy', { body: toolCall(7, 'slow') }));
  expect(answer.message().result).toEqual({ content: [] });
});
