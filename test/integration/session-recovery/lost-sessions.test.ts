import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startBridgeGateway, type BridgeGateway } from '../../support/bridge-gateway.ts';
import { connectClient } from '../../support/clients.ts';
import { connectFirstLineClient } from '../../support/legacy-client.ts';
import { modernRequest, openMcpStream, openSession, sendMcp, toolCall } from '../../support/mcp-request.ts';
import { startFixtureServer, type FixtureServer } from '../../support/upstreams/fixture-server.ts';
import { answerLegacy, isMethod, sendJson, stubMcpServer, type StubMcpServer } from '../../support/upstreams/stub-mcp-server.ts';

let fixture: FixtureServer;
let stub: StubMcpServer;
let gateway: BridgeGateway;
let urls: readonly [string, string];

beforeAll(async () => {
  [fixture, stub] = await Promise.all([startFixtureServer({ eras: 'legacy' }), stubMcpServer()]);
  const servers = { fixture: { upstreamUrl: fixture.url }, stub: { upstreamUrl: stub.url } };
  gateway = await startBridgeGateway({ servers, processes: 2 });
  urls = [gateway.processes[0]!.url('fixture'), gateway.processes[1]!.url('fixture')];
});

afterAll(async () => {
  await gateway.close();
  await Promise.all([fixture.close(), stub.close()]);
});

const CALL = toolCall(7, 'test_simple_text');

/** What servers answer who do not know a session, and how often it is opened then. */
const LOSSES = [
  ['404', 404, '', 1],
  ['404 in JSON-RPC', 404, '{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"Session not found"}}', 1],
  ['400 in JSON-RPC', 400, '{"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"Bad Request: Server not initialized"}}', 1],
  ['400 in plain text', 400, 'Bad Request: No valid session ID provided', 1],
  ['200 in JSON-RPC', 200, '{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"missing or invalid Mcp-Session-Id"}}', 1],
  ['200, because it has no sessions any longer', 200, '', 0],
] as const;

describe('a session that its upstream lost', () => {
  it('is opened anew, and the call goes through; the client may keep the old id or take the one in the answer', async () => {
    const session = await openSession(urls[0], gateway.key);
    await fixture.loseSessions();
    const answer = await sendMcp(urls[0], { key: gateway.key, session, body: CALL });
    expect(answer.status).toBe(200);
    expect(JSON.stringify(answer.message().result)).toContain('simple text response');
    const next = String(answer.headers['mcp-session-id']);
    expect(next).not.toBe(session);
    for (const id of [session, next]) expect((await sendMcp(urls[0], { key: gateway.key, session: id, body: CALL })).status).toBe(200);
  });

  it('is opened anew again when it is lost again, under each of its ids', async () => {
    const session = await openSession(urls[0], gateway.key);
    for (let round = 0; round < 3; round++) {
      await fixture.loseSessions();
      expect((await sendMcp(urls[0], { key: gateway.key, session, body: CALL })).status).toBe(200);
    }
  });

  it('is opened anew by whichever process gets the call', async () => {
    const session = await openSession(urls[0], gateway.key);
    await fixture.loseSessions();
    for (const url of urls) expect((await sendMcp(url, { key: gateway.key, session, body: CALL })).status).toBe(200);
  });

  it('is opened once for calls that come together', async () => {
    const url = gateway.processes[0]!.url('stub');
    const session = await openSession(url, gateway.key);
    stub.forget();
    loseStubSession();
    const answers = await Promise.all([1, 2, 3, 4].map((id) => sendMcp(url, { key: gateway.key, session, body: toolCall(id, 'x') })));
    stub.answer(answerLegacy);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(stub.requests.filter(isMethod('initialize'))).toHaveLength(1);
    expect(stub.requests.filter(isMethod('notifications/initialized'))).toHaveLength(1);
    expect(stub.requests.find(isMethod('initialize'))?.message?.params).toMatchObject({ clientInfo: { name: 'sluice-test' } });
  });

  it.each(LOSSES)('is opened anew where the upstream says so with %s, for clients of both eras', async (_name, status, body, openings) => {
    const url = gateway.processes[0]!.url('stub');
    stub.answer(answerLegacy);
    const session = await openSession(url, gateway.key);
    const modern = modernRequest(1, 'tools/call', { name: 'x', arguments: {} });
    expect((await sendMcp(url, { key: gateway.key, ...modern })).status).toBe(200);
    for (const call of [{ session, body: toolCall(1, 'x') }, modern]) {
      stub.forget();
      loseStubSession(status, body);
      const answer = await sendMcp(url, { key: gateway.key, ...call });
      expect([answer.status, answer.message().result]).toEqual([200, expect.any(Object)]);
      expect(stub.requests.filter(isMethod('initialize'))).toHaveLength(openings);
    }
    stub.answer(answerLegacy);
  });

  it('gets its stream back, without the events that the new one does not know', async () => {
    const session = await openSession(urls[0], gateway.key);
    await fixture.loseSessions();
    const stream = await openMcpStream(urls[0], { key: gateway.key, session, headers: { 'last-event-id': 'old_1' } });
    expect(stream.status).toBe(200);
    await sendMcp(urls[0], { key: gateway.key, session, body: toolCall(8, 'test_trigger_tool_change') });
    expect(await stream.readUntil('list_changed')).toContain('notifications/tools/list_changed');
    stream.leave();
  });

  it('stays ended once its client ended it', async () => {
    const session = await openSession(urls[0], gateway.key);
    expect((await sendMcp(urls[0], { key: gateway.key, session, method: 'DELETE' })).status).toBe(200);
    expect((await sendMcp(urls[0], { key: gateway.key, session, body: CALL })).status).toBe(404);
  });

  it('stays ended at every other process as well', async () => {
    const session = await openSession(urls[0], gateway.key);
    expect((await sendMcp(urls[0], { key: gateway.key, session, method: 'DELETE' })).status).toBe(200);
    expect((await sendMcp(urls[1], { key: gateway.key, session, body: CALL })).status).toBe(404);
  });

  it('is not opened for the reply to a question, which is nobody’s any more', async () => {
    const session = await openSession(urls[0], gateway.key);
    await fixture.loseSessions();
    const reply = { jsonrpc: '2.0', id: 1, result: {} };
    expect((await sendMcp(urls[0], { key: gateway.key, session, body: reply })).status).toBe(404);
  });

  it('is answered with 404 where the upstream agrees on another revision than before', async () => {
    const url = gateway.processes[0]!.url('stub');
    const session = await openSession(url, gateway.key);
    stub.answer((request, response) => {
      if (request.message?.method !== 'initialize') return void response.writeHead(404).end();
      const result = { protocolVersion: '2025-03-26', capabilities: {}, serverInfo: { name: 'stub', version: '2' } };
      sendJson(response, { jsonrpc: '2.0', id: request.message.id, result }, { 'mcp-session-id': 'stub-2' });
    });
    const headers = { 'mcp-protocol-version': '2025-11-25' };
    const answer = await sendMcp(url, { key: gateway.key, session, body: CALL, headers });
    stub.answer(answerLegacy);
    expect(answer.status).toBe(404);
    expect(answer.message().error?.code).toBe(-32001);
  });

  describe.each(['first', 'second'] as const)('with a client of the %s SDK line', (line) => {
    it('costs nothing that the client could see', async () => {
      const client = line === 'first' ? await connectFirstLineClient(urls[0], gateway.key) : await connectClient(urls[0], gateway.key);
      await client.callTool({ name: 'test_simple_text', arguments: {} });
      for (let round = 0; round < 2; round++) {
        await fixture.loseSessions();
        const result = await client.callTool({ name: 'test_simple_text', arguments: {} });
        expect(JSON.stringify(result.content)).toContain('simple text response');
      }
      await client.close();
    });
  });
});

beforeEach(() => stub.forget());

/** How many sessions the stub has handed out. */
let issued = 1;

/** From here on the session that the stub handed out is gone, and it hands out another one. Status 200 without a body: it does not look at ids. */
function loseStubSession(status = 404, body = ''): void {
  issued++;
  stub.answer((request, response) => {
    const { message, headers } = request;
    if (message?.method === 'initialize') {
      const result = { protocolVersion: '2025-11-25', capabilities: {}, serverInfo: { name: 'stub', version: '1' } };
      return sendJson(response, { jsonrpc: '2.0', id: message.id, result }, { 'mcp-session-id': `stub-session-${issued}` });
    }
    const isLost = headers['mcp-session-id'] !== `stub-session-${issued}` && !(status === 200 && body === '');
    if (isLost) return void response.writeHead(status, { 'content-length': body.length }).end(body);
    answerLegacy(request, response);
  });
}
