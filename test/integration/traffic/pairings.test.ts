import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { generateApiKey } from '../../../contract/api-key.ts';
import { connectionHeadersOwner, sealSecret } from '../../../contract/sealed-secret.ts';
import type { ServerDocument } from '../../../contract/snapshot.ts';
import type { TrafficEvent } from '../../../contract/traffic-event.ts';
import { ok } from '../../../foundation/result.ts';
import { startBridgeGateway, type BridgeGateway } from '../../support/bridge-gateway.ts';
import { initialize, modernRequest, openMcpStream, openSession, sendMcp, toolCall, type McpRequest } from '../../support/mcp-request.ts';
import { answerModern, openSubscription } from '../../support/modern-stub.ts';
import { connectionsDocument, testKeyRing } from '../../support/test-snapshot.ts';
import { TrafficRecorder } from '../../support/traffic-recorder.ts';
import { startFixtureServer, type FixtureServer } from '../../support/upstreams/fixture-server.ts';
import { startSseFixtureServer } from '../../support/upstreams/sse-fixture-server.ts';
import { stubMcpServer, type StubMcpServer } from '../../support/upstreams/stub-mcp-server.ts';

const recorder = new TrafficRecorder();
const SECRET = 'canary-credential';
const GRANULARITIES = { ORGANIZATION: 'org_1', WORKSPACE: 'ws_test', USER: 'usr_1' } as const;
const ASKING = 'test_input_required_result_elicitation';

let fixtures: Readonly<Record<'legacy' | 'sse', FixtureServer>>;
let modern: StubMcpServer;
let stub: StubMcpServer;
let gateway: BridgeGateway;
const colleague = generateApiKey();

beforeAll(async () => {
  const [legacy, sse] = await Promise.all([startFixtureServer({ eras: 'legacy' }), startSseFixtureServer()]);
  fixtures = { legacy, sse };
  [modern, stub] = await Promise.all([stubMcpServer(), stubMcpServer()]);
  const withHeaders = Object.keys(GRANULARITIES).map((granularity): [string, ServerSettings] => [
    granularity.toLowerCase(),
    { upstreamUrl: stub.url, authentication: 'CUSTOM_HEADERS', granularity: granularity as keyof typeof GRANULARITIES },
  ]);
  gateway = await startBridgeGateway({
    servers: {
      legacy: { upstreamUrl: legacy.url },
      sse: { upstreamUrl: sse.url, transport: 'SSE' },
      modern: { upstreamUrl: modern.url },
      token: { upstreamUrl: stub.url, authentication: 'OAUTH', granularity: 'USER' },
      ...Object.fromEntries(withHeaders),
    },
    documents: [
      ...Object.entries(GRANULARITIES).map(([granularity, subjectId]) => headersOf(`con_${granularity.toLowerCase()}`, subjectId)),
      connectionsDocument('mcps_token', [{ id: 'con_token', subjectId: 'usr_1' }]),
    ],
    people: {
      keys: [{ id: 'key_2', lookup: colleague.lookup, hash: colleague.hash, kind: 'USER', userId: 'usr_2', scopes: ['MCP'] }],
      members: [{ userId: 'usr_2', role: 'MEMBER' }],
    },
    tokens: { obtain: async () => ok({ accessToken: SECRET, serial: 1, epoch: 0 }) },
    processes: 2,
    traffic: recorder,
  });
});
afterAll(async () => {
  await gateway.close();
  await Promise.all([fixtures.legacy.close(), fixtures.sse.close(), modern.close(), stub.close()]);
});
beforeEach(() => {
  recorder.events.length = 0;
  modern.forget();
});

type ServerSettings = Partial<ServerDocument> & { readonly upstreamUrl: string };

function headersOf(id: string, subjectId: string) {
  const sealedHeaders = sealSecret(testKeyRing(), connectionHeadersOwner(id), JSON.stringify({ 'x-key': SECRET }));
  return connectionsDocument(`mcps_${id.slice('con_'.length)}`, [{ id, subjectId, sealedHeaders }]);
}

const urlOf = (server: string, process = 0) => gateway.processes[process]!.url(server);
const events = (count: number) => recorder.read(count, [urlOf('legacy'), urlOf('legacy', 1)]);
const told = (found: readonly TrafficEvent[]) => found.map(({ kind, method = '' }) => `${kind} ${method}`.trim());

describe('the connection by which a request went upstream is in its event', () => {
  it.each(['organization', 'workspace', 'user', 'token'])('of the %s', async (server) => {
    const session = await openSession(urlOf(server), gateway.key);
    await sendMcp(urlOf(server), { key: gateway.key, session, body: toolCall(2, 'find') });
    const found = await events(3);
    expect(found.map(({ connectionId }) => connectionId)).toEqual(Array(3).fill(`con_${server}`));
    expect(JSON.stringify(stub.requests.at(-1)?.headers)).toContain(SECRET);
    expect(JSON.stringify(found)).not.toContain(SECRET);
  });

  it('and none where the person has not connected, or the server wants none', async () => {
    await sendMcp(urlOf('user'), { key: colleague.plain, body: initialize() });
    await openSession(urlOf('legacy'), gateway.key);
    const [refused, opened] = await events(3);
    expect(refused).toMatchObject({ kind: 'REFUSAL', reason: 'connection_missing', userId: 'usr_2' });
    expect([refused?.connectionId, opened?.connectionId]).toEqual([undefined, undefined]);
  });
});

it('a legacy client on an upstream with HTTP+SSE is told of like any other, whichever process it comes to', async () => {
  const body = initialize() as { params: { capabilities: object } };
  body.params.capabilities = { elicitation: {} };
  const session = String((await sendMcp(urlOf('sse'), { key: gateway.key, body })).headers['mcp-session-id']);
  const call = await openMcpStream(urlOf('sse', 1), {
    key: gateway.key,
    session,
    body: toolCall(3, 'test_elicitation', { message: 'who?' }),
  });
  const asked = JSON.parse(/data: (\{.*elicitation\/create.*\})/.exec(await call.readUntil('elicitation/create'))![1]!) as { id: number };
  const content = { username: 'ada', email: 'ada@example.com' };
  const reply = { jsonrpc: '2.0', id: asked.id, result: { action: 'accept', content } };
  await sendMcp(urlOf('sse'), { key: gateway.key, session, body: reply });
  await call.readAll();
  const stream = await openMcpStream(urlOf('sse', 1), { key: gateway.key, session });
  stream.leave();
  await events(6);
  await sendMcp(urlOf('sse'), { key: gateway.key, session, method: 'DELETE' });
  const found = await events(7);
  expect(told(found)).toEqual([
    'REQUEST initialize',
    'SERVER_REQUEST elicitation/create',
    'RESPONSE',
    'REQUEST tools/call',
    'STREAM_OPEN',
    'STREAM_CLOSE',
    'SESSION_END',
  ]);
  const [, question, , called, opened, closed] = found;
  expect(question?.parentSequence).toBe(called?.sequence);
  expect(called).toMatchObject({ outcome: 'COMPLETED', capabilityName: 'test_elicitation', era: 'LEGACY', clientName: 'sluice-test' });
  expect(closed).toMatchObject({ outcome: 'CLIENT_GONE', parentSequence: opened?.sequence });
  expect(new Set(found.map(({ sessionId }) => sessionId)).size).toBe(1);
});

describe.each(['legacy', 'sse'] as const)('a modern client on a legacy upstream (%s)', (server) => {
  function ask(more: object = {}): McpRequest {
    const request = modernRequest(1, 'tools/call', { name: ASKING, arguments: {}, ...more });
    const { params } = request.body as { params: { _meta: Record<string, unknown> } };
    params._meta['io.modelcontextprotocol/clientCapabilities'] = { elicitation: {} };
    return request;
  }

  it('is told of with what it is asked, and with the request that brings the answer', async () => {
    const asked = (await sendMcp(urlOf(server), { key: gateway.key, ...ask() })).message().result as {
      inputRequests: object;
      requestState: string;
    };
    await events(2);
    const answers = Object.keys(asked.inputRequests).map((name) => [name, { action: 'accept', content: { name: 'Ada' } }]);
    const more = { inputResponses: Object.fromEntries(answers) as object, requestState: asked.requestState };
    expect((await sendMcp(urlOf(server, 1), { key: gateway.key, ...ask(more) })).body.toString()).toContain('Hello, Ada!');
    const found = (await events(3)).toSorted((a, b) => a.sequence - b.sequence);
    expect(told(found)).toEqual(['REQUEST tools/call', 'SERVER_REQUEST elicitation/create', 'REQUEST tools/call']);
    expect(found.every(({ era, sessionId }) => era === 'MODERN' && sessionId === undefined)).toBe(true);
    expect(found[1]?.parentSequence).toBe(found[0]?.sequence);
    expect(found[2]).toMatchObject({ outcome: 'COMPLETED', capabilityName: ASKING, protocolRevision: '2026-07-28' });
  });

  it('is told of when it begins to listen, and when it leaves', async () => {
    const listen = modernRequest(9, 'subscriptions/listen', { notifications: { toolsListChanged: true } });
    const stream = await openMcpStream(urlOf(server), { key: gateway.key, ...listen });
    await stream.readUntil('acknowledged');
    stream.leave();
    const [opened, closed] = await events(2);
    expect(opened).toMatchObject({ kind: 'STREAM_OPEN', method: 'subscriptions/listen', era: 'MODERN', httpMethod: 'POST' });
    expect(closed).toMatchObject({ kind: 'STREAM_CLOSE', outcome: 'CLIENT_GONE', parentSequence: opened?.sequence });
  });
});

describe('streams of a modern upstream', () => {
  let cut: () => void;
  beforeEach(() => {
    modern.answer(
      answerModern({
        'subscriptions/listen': (message, response) => {
          openSubscription(message, response)('notifications/tools/list_changed');
          cut = () => response.destroy();
          return undefined;
        },
      }),
    );
  });

  it('are told of when a legacy client opens and leaves its own, also through another process', async () => {
    const session = await openSession(urlOf('modern'), gateway.key);
    const stream = await openMcpStream(urlOf('modern', 1), { key: gateway.key, session });
    await stream.readUntil('list_changed');
    stream.leave();
    const found = await events(4);
    expect(told(found)).toEqual(['REQUEST initialize', 'NOTIFICATION notifications/initialized', 'STREAM_OPEN', 'STREAM_CLOSE']);
    expect(found[3]).toMatchObject({ outcome: 'CLIENT_GONE', parentSequence: found[2]?.sequence, sessionId: found[0]?.sessionId });
  });

  it('are told of when the upstream breaks off what a modern client listens to', async () => {
    const listen = modernRequest(9, 'subscriptions/listen', { notifications: { toolsListChanged: true } });
    const stream = await openMcpStream(urlOf('modern'), { key: gateway.key, ...listen });
    await stream.readUntil('list_changed');
    cut();
    await stream.readAll().catch(() => undefined);
    const [opened, closed] = await events(2);
    expect(opened).toMatchObject({ kind: 'STREAM_OPEN', method: 'subscriptions/listen' });
    expect(closed).toMatchObject({ kind: 'STREAM_CLOSE', outcome: 'UPSTREAM_FAILED', parentSequence: opened?.sequence });
  });
});
