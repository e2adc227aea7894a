import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TrafficEvent } from '../../../contract/traffic-event.ts';
import { startBridgeGateway, type BridgeGateway } from '../../support/bridge-gateway.ts';
import { eventually } from '../../support/eventually.ts';
import { initialize, modernRequest, openMcpStream, openSession, sendMcp, toolCall } from '../../support/mcp-request.ts';
import { answerModern } from '../../support/modern-stub.ts';
import { TrafficRecorder } from '../../support/traffic-recorder.ts';
import {
  answerLegacy,
  frame,
  isMethod,
  openEventStream,
  sendJson,
  stubMcpServer,
  type StubMcpServer,
} from '../../support/upstreams/stub-mcp-server.ts';

const recorder = new TrafficRecorder();
const QUESTION = { resultType: 'input_required', inputRequests: { r: { method: 'roots/list' } } };
const SERVER_REQUEST = { jsonrpc: '2.0', id: 'q1', method: 'sampling/createMessage', params: { secret: 'canary' } };

let legacy: StubMcpServer;
let modern: StubMcpServer;
let gateway: BridgeGateway;
let urls: Readonly<Record<'legacy' | 'modern' | 'ruled' | 'captured' | 'open', readonly [string, string]>>;

beforeAll(async () => {
  legacy = await stubMcpServer();
  modern = await stubMcpServer(
    answerModern({
      'tools/call': (message) => ({ result: message.params?.['inputResponses'] === undefined ? QUESTION : { content: [] } }),
    }),
  );
  gateway = await startBridgeGateway({
    servers: {
      legacy: { upstreamUrl: legacy.url },
      modern: { upstreamUrl: modern.url },
      captured: { upstreamUrl: legacy.url, payloadCapture: 'ARGUMENTS' },
      open: { upstreamUrl: legacy.url, payloadCapture: 'ARGUMENTS' },
      ruled: { upstreamUrl: legacy.url, rules: [{ id: 'rule_1', effect: 'DENY', capabilities: { patterns: ['drop_*'] } }] },
    },
    routes: { open: { payloadCapture: 'ARGUMENTS_AND_RESULTS' } },
    processes: 2,
    traffic: recorder,
  });
  const at = (slug: string) => gateway.processes.map((process) => process.url(slug)) as unknown as readonly [string, string];
  urls = { legacy: at('legacy'), modern: at('modern'), ruled: at('ruled'), captured: at('captured'), open: at('open') };
});
afterAll(() => Promise.all([gateway.close(), legacy.close(), modern.close()]));
beforeEach(() => {
  legacy.answer(answerLegacy);
  recorder.events.length = 0;
});

const events = (count: number) => recorder.read(count, urls.legacy);

describe('an interaction becomes one event', () => {
  it('a session: opening, a call that fails, its end, all under one digest', async () => {
    const session = await openSession(urls.legacy[0], gateway.key);
    legacy.answer((request, response) =>
      isMethod('tools/call')(request)
        ? sendJson(response, { jsonrpc: '2.0', id: 2, error: { code: -32602, message: 'canary' } })
        : answerLegacy(request, response),
    );
    await sendMcp(urls.legacy[1], { key: gateway.key, session, body: toolCall(2, 'find') });
    await sendMcp(urls.legacy[0], { key: gateway.key, session, method: 'DELETE' });
    const [opened, notified, called, ended] = await events(4);
    expect(opened).toMatchObject({
      kind: 'REQUEST',
      method: 'initialize',
      outcome: 'COMPLETED',
      clientName: 'sluice-test',
      protocolRevision: '2025-11-25',
    });
    expect(notified).toMatchObject({ kind: 'NOTIFICATION', method: 'notifications/initialized' });
    expect(called).toMatchObject({
      kind: 'REQUEST', outcome: 'ERROR', method: 'tools/call', capabilityKind: 'TOOL', capabilityName: 'find', errorCode: -32602,
      errorReason: 'invalid params', organizationId: 'org_1', userId: 'usr_1', keyId: 'key_1', callerKind: 'API_KEY', era: 'LEGACY',
      decision: 'ALLOWED', clientName: 'sluice-test', clientVersion: '1.0.0', status: 200,
    }); // prettier-ignore
    expect(ended).toMatchObject({ kind: 'SESSION_END', httpMethod: 'DELETE' });
    expect(new Set([opened, notified, called, ended].map((event) => event?.sessionId)).size).toBe(1);
    expect(opened?.sessionId).toMatch(/^[\w-]{22}$/);
    expect(JSON.stringify(recorder.events)).not.toContain('canary');
  });

  it('a refusal, with the rule that decided', async () => {
    const session = await openSession(urls.ruled[0], gateway.key);
    await sendMcp(urls.ruled[0], { key: gateway.key, session, body: toolCall(2, 'drop_table') });
    const refused = (await events(3)).at(-1);
    expect(refused).toMatchObject({
      kind: 'REFUSAL', outcome: 'REFUSED', reason: 'capability_hidden', decision: 'DENIED', decidedBy: 'rule_denied', ruleId: 'rule_1',
      ruleLevel: 'ORGANIZATION', capabilityName: 'drop_table', snapshotRevision: 1,
    }); // prettier-ignore
  });

  it('a refusal of an HTTP method that MCP does not have', async () => {
    await sendMcp(urls.legacy[0], { key: gateway.key, method: 'PUT', body: toolCall(1, 'find') });
    const [refused] = await events(1);
    expect(refused).toMatchObject({ kind: 'REFUSAL', reason: 'method_not_allowed', status: 405, workspaceId: expect.any(String) });
    expect(refused?.httpMethod).toBeUndefined();
  });

  it('a stream, when it opens and when it closes, and what the server asks on it', async () => {
    const session = await openSession(urls.legacy[0], gateway.key);
    legacy.answer((_request, response) => {
      openEventStream(response);
      // In two pieces, and beside a notification, which is no interaction of its own.
      const text = frame({ jsonrpc: '2.0', method: 'notifications/message', params: {} }) + frame(SERVER_REQUEST);
      response.write(text.slice(0, text.length - 30));
      setTimeout(() => response.write(text.slice(text.length - 30)), 5);
    });
    const stream = await openMcpStream(urls.legacy[0], { key: gateway.key, session });
    await stream.readUntil('canary'); // of the second piece: a question that did not arrive whole is none
    stream.leave();
    const [, , opened, asked, closed] = await events(5);
    expect(opened).toMatchObject({ kind: 'STREAM_OPEN', httpMethod: 'GET' });
    expect(asked).toMatchObject({ kind: 'SERVER_REQUEST', method: 'sampling/createMessage', parentSequence: opened?.sequence });
    expect(closed).toMatchObject({ kind: 'STREAM_CLOSE', outcome: 'CLIENT_GONE', parentSequence: opened?.sequence });
    expect(closed?.totalMs).toBeGreaterThan(0);
    legacy.answer(answerLegacy);
    await sendMcp(urls.legacy[0], { key: gateway.key, session, body: { jsonrpc: '2.0', id: 'q1', result: {} } });
    expect((await events(6)).at(-1)).toMatchObject({ kind: 'RESPONSE', sessionId: opened?.sessionId });
  });

  it('the messages of a batch, each by itself', async () => {
    const session = await openSession(urls.ruled[0], gateway.key);
    legacy.answer((_request, response) =>
      sendJson(response, [
        { jsonrpc: '2.0', id: 2, error: { code: -32601, message: 'no' } },
        { jsonrpc: '2.0', id: 3, result: {} },
      ]),
    );
    await sendMcp(urls.ruled[0], {
      key: gateway.key,
      session,
      body: [toolCall(2, 'find'), toolCall(3, 'drop_all'), { jsonrpc: '2.0', method: 'notifications/progress', params: {} }],
    });
    const batch = (await events(5)).slice(2);
    expect(batch.map(({ kind, outcome, capabilityName, errorCode }) => [kind, outcome, capabilityName, errorCode])).toEqual([
      ['REQUEST', 'ERROR', 'find', -32601],
      ['REFUSAL', 'REFUSED', 'drop_all', -32602],
      ['NOTIFICATION', 'COMPLETED', undefined, undefined],
    ]);
    expect(batch.map(({ responseBytes }) => responseBytes !== undefined)).toEqual([true, false, false]);
  });

  it('a tool that reports an error, in a stream', async () => {
    const session = await openSession(urls.legacy[0], gateway.key);
    legacy.answer((_request, response) => {
      openEventStream(response);
      response.end(frame({ jsonrpc: '2.0', id: 2, result: { content: [], isError: true } }));
    });
    await sendMcp(urls.legacy[0], { key: gateway.key, session, body: toolCall(2, 'find') });
    expect((await events(3)).at(-1)).toMatchObject({ kind: 'REQUEST', outcome: 'ERROR', errorReason: 'the tool reported an error' });
  });

  it('what a bridge carries over, once, also where another process serves the session', async () => {
    const body = {
      ...initialize(),
      params: { protocolVersion: '2025-11-25', capabilities: { roots: {} }, clientInfo: { name: 'x', version: '1' } },
    };
    const opened = await sendMcp(urls.modern[0], { key: gateway.key, body });
    const session = String(opened.headers['mcp-session-id']);
    const stream = await openMcpStream(urls.modern[1], { key: gateway.key, session, body: toolCall(2, 'ask') });
    const asked = await stream.readUntil('roots/list');
    const { id } = JSON.parse(asked.split('data: ')[1]!) as { id: number };
    await sendMcp(urls.modern[0], { key: gateway.key, session, body: { jsonrpc: '2.0', id, result: { roots: [] } } });
    await stream.readAll();
    const found = await events(4);
    expect(found.map(({ kind, method }) => [kind, method])).toEqual([
      ['REQUEST', 'initialize'],
      ['SERVER_REQUEST', 'roots/list'],
      ['RESPONSE', undefined],
      ['REQUEST', 'tools/call'],
    ]);
    expect(new Set(found.map(({ sessionId }) => sessionId)).size).toBe(1);
    expect(found[1]?.parentSequence).toBe(found[3]?.sequence);
  });

  it('a request of the modern era, and what its server asks in the result', async () => {
    await sendMcp(urls.modern[0], { key: gateway.key, ...modernRequest(1, 'tools/call', { name: 'ask', arguments: {} }) });
    const [asked, called] = (await events(2)).toSorted((a, b) => b.sequence - a.sequence);
    expect(asked).toMatchObject({ kind: 'SERVER_REQUEST', method: 'roots/list', era: 'MODERN' });
    expect(called).toMatchObject({
      kind: 'REQUEST',
      era: 'MODERN',
      protocolRevision: '2026-07-28',
      capabilityName: 'ask',
      outcome: 'COMPLETED',
    });
    expect(called?.sessionId).toBeUndefined();
  });
});

describe('arguments and results', () => {
  const given = { query: 'open tickets', apiKey: 'canary', note: 'ask canary.person@example.com' };
  const result = { content: [{ type: 'text', text: 'password: canary' }], big: 'x'.repeat(40_000) };
  const kept = { query: 'open tickets', apiKey: '[redacted]', note: 'ask [redacted]' };

  async function callTool(url: string): Promise<TrafficEvent> {
    const session = await openSession(url, gateway.key);
    await sendMcp(url, { key: gateway.key, session, body: toolCall(2, 'find', given) });
    return (await events(3)).at(-1)!;
  }

  it('are not in an event where nobody switched it on', async () => {
    expect((await callTool(urls.legacy[0])).payload).toBeUndefined();
  });

  it('are as the server says, without what is secret or personal', async () => {
    const { payload } = await callTool(urls.captured[0]);
    expect(JSON.parse(payload!.arguments!)).toEqual(kept);
    expect(payload).toMatchObject({ redactions: 2 });
    expect(payload?.result).toBeUndefined();
  });

  it.each([
    ['JSON', (response: ServerResponse, message: object) => sendJson(response, message)],
    ['a stream', (response: ServerResponse, message: object) => (openEventStream(response), response.end(frame(message)))],
    [
      'pieces',
      (response: ServerResponse, message: object) => {
        const text = JSON.stringify(message);
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write(text.slice(0, 1_000));
        setTimeout(() => response.end(text.slice(1_000)), 20);
      },
    ],
  ])('are as the grant says before that, cut to their size, of an answer in %s', async (_form, answer) => {
    legacy.answer((request, response) =>
      isMethod('tools/call')(request) ? answer(response, { jsonrpc: '2.0', id: 2, result }) : answerLegacy(request, response),
    );
    const { payload } = await callTool(urls.open[0]);
    expect(JSON.parse(payload!.arguments!)).toEqual(kept);
    expect(payload?.result?.slice(0, 90)).toContain('{"content":[{"type":"text","text":"password: [redacted]"}]');
    expect(payload).toMatchObject({ resultTruncated: true, redactions: 3 });
    expect(payload?.result).toHaveLength(16_384);
    expect(JSON.stringify(recorder.events)).not.toContain('canary');
  });
});

it('refusals of callers whom nobody knows are told up to a rate, and counted beyond it', async () => {
  await Promise.all(Array.from({ length: 200 }, () => sendMcp(urls.legacy[0], { key: 'slc_nobody' })));
  await eventually(async () => {
    const told = recorder.events.filter(({ kind }) => kind === 'REFUSAL').length;
    const dropped = recorder.events.filter(({ kind }) => kind === 'DROPPED');
    expect(dropped.every(({ organizationId, reason }) => organizationId === 'org_1' && reason === 'unknown_callers')).toBe(true);
    expect(told + dropped.reduce((sum, { droppedCount = 0 }) => sum + droppedCount, 0)).toBe(200);
    expect(told).toBeLessThan(200);
  });
});
