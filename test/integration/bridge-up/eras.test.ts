import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startBridgeGateway, type BridgeGateway } from '../../support/bridge-gateway.ts';
import { initialize, modernRequest, openSession, sendMcp } from '../../support/mcp-request.ts';
import { answerModern } from '../../support/modern-stub.ts';
import { answerLegacy, isMethod, sendJson, stubMcpServer, type StubMcpServer } from '../../support/upstreams/stub-mcp-server.ts';

let stub: StubMcpServer;
let gateway: BridgeGateway;
let url: string;

beforeEach(async () => {
  stub = await stubMcpServer();
  gateway = await startBridgeGateway({ servers: { stub: { upstreamUrl: stub.url } } });
  url = gateway.processes[0]!.url('stub');
});

afterEach(() => Promise.all([gateway.close(), stub.close()]));

const count = (method: string) => stub.requests.filter(isMethod(method)).length;
const modernList = () => sendMcp(url, { key: gateway.key, ...modernRequest(1, 'tools/list') });

describe('a modern call on an upstream of unknown era', () => {
  it('is not the test itself, and one probe serves those that wait for it and those that follow', async () => {
    stub.answer(answerModern({ 'tools/list': () => ({ result: { resultType: 'complete', tools: [], ttlMs: 0, cacheScope: 'private' } }) }));
    const answers = await Promise.all([modernList(), modernList(), modernList()]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await modernList()).message()).toMatchObject({ result: { resultType: 'complete' } });
    expect([count('server/discover'), count('tools/list')]).toEqual([1, 4]);
  });

  it.each([400, 404, 405])('goes to a session where the upstream answers the probe with %i', async (status) => {
    stub.answer((request, response) => {
      if (request.message?.method !== 'server/discover') return answerLegacy(request, response);
      return sendJson(response, { jsonrpc: '2.0', id: null, error: { code: -32000, message: 'Bad Request' } }, {}, status);
    });
    expect((await modernList()).status).toBe(200);
    expect(count('initialize')).toBe(1);
  });

  it('asks an upstream that fails on the probe once more, and ends the session that this opens', async () => {
    stub.answer((request, response) => {
      if (request.message?.method === 'server/discover') return void response.writeHead(500).end('oops');
      return answerLegacy(request, response);
    });
    expect((await modernList()).status).toBe(200);
    await stub.waitFor(({ method }) => method === 'DELETE');
    expect(count('server/discover')).toBe(1);
  });

  it.each([
    [401, 502],
    [429, 502],
    [500, 502],
  ])('learns nothing from %i, and asks again', async (status, seen) => {
    stub.answer((_request, response) => void response.writeHead(status).end());
    expect((await modernList()).status).toBe(seen);
    const asked = count('server/discover');
    expect((await modernList()).status).toBe(seen);
    expect(count('server/discover')).toBe(2 * asked);
  });
});

describe('an initialize on an upstream of unknown era', () => {
  it('goes on to the bridge where the upstream refuses it as a modern one does, and the next one at once', async () => {
    stub.answer(answerModern());
    expect(await openSession(url, gateway.key)).toBeTruthy();
    await openSession(url, gateway.key);
    expect(count('initialize')).toBe(1);
  });

  it('is answered by the upstream itself where the refusal was about something else', async () => {
    stub.answer((request, response) => {
      const error =
        request.message?.method === 'initialize' ? { code: -32602, message: 'no such client' } : { code: -32000, message: 'no session' };
      sendJson(response, { jsonrpc: '2.0', id: request.message?.id, error }, {}, 400);
    });
    const answer = await sendMcp(url, { key: gateway.key, body: initialize() });
    expect(answer.status).toBe(400);
    expect(answer.message()).toMatchObject({ error: { code: -32602, message: 'no such client' } });
  });
});

describe('a verdict that is contradicted', () => {
  it('is dropped when a modern upstream turns legacy', async () => {
    stub.answer(answerModern({ 'tools/list': () => ({ result: { resultType: 'complete', tools: [], ttlMs: 0, cacheScope: 'private' } }) }));
    await modernList();
    stub.answer((request, response) => {
      if (request.headers['mcp-session-id'] !== undefined || request.message?.method === 'initialize')
        return answerLegacy(request, response);
      return sendJson(response, { jsonrpc: '2.0', id: null, error: { code: -32000, message: 'No valid session ID provided' } }, {}, 400);
    });
    expect((await modernList()).status).toBe(400);
    expect((await modernList()).status).toBe(200);
  });

  it('ends the sessions of an upstream that turns modern, so that their clients start again', async () => {
    const session = await openSession(url, gateway.key);
    stub.answer(answerModern());
    const list = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
    expect((await sendMcp(url, { key: gateway.key, session, body: list })).status).toBe(404);
    const before = count('initialize');
    expect(await openSession(url, gateway.key)).toBeTruthy();
    expect(count('initialize')).toBe(before);
  });
});
