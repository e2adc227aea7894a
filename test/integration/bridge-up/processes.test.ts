import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startBridgeGateway, type BridgeGateway } from '../../support/bridge-gateway.ts';
import { openMcpStream, openSession, sendMcp, toolCall } from '../../support/mcp-request.ts';
import { answerModern, openSubscription } from '../../support/modern-stub.ts';
import { isMethod, stubMcpServer, type StubMcpServer } from '../../support/upstreams/stub-mcp-server.ts';

let stub: StubMcpServer;
let gateway: BridgeGateway;
let home: string;
let other: string;

const question = { resultType: 'input_required', inputRequests: { r: { method: 'roots/list' } } };

beforeEach(async () => {
  stub = await stubMcpServer(
    answerModern({
      'tools/call': (message) => ({ result: message.params?.['inputResponses'] === undefined ? question : { content: [] } }),
      'tools/list': () => ({ result: { tools: [], ttlMs: 0, cacheScope: 'private', resultType: 'complete' } }),
      'subscriptions/listen': (message, response) => void openSubscription(message, response),
    }),
  );
  gateway = await startBridgeGateway({ servers: { stub: { upstreamUrl: stub.url } }, processes: 2 });
  [home, other] = gateway.processes.map((process) => process.url('stub')) as [string, string];
});

afterEach(() => Promise.all([gateway.close(), stub.close()]));

const list = { jsonrpc: '2.0', id: 2, method: 'tools/list' };

async function openAnsweringSession(url: string): Promise<string> {
  const params = { protocolVersion: '2025-11-25', capabilities: { roots: {} }, clientInfo: { name: 'x', version: '1' } };
  const answer = await sendMcp(url, { key: gateway.key, body: { jsonrpc: '2.0', id: 0, method: 'initialize', params } });
  return String(answer.headers['mcp-session-id']);
}

describe('a session whose home is another process', () => {
  it('is served there: a call, the reply to its question, and the end', async () => {
    const session = await openAnsweringSession(home);
    const stream = await openMcpStream(other, { key: gateway.key, session, body: toolCall(1, 'ask') });
    const asked = await stream.readUntil('roots/list');
    const { id } = JSON.parse(asked.split('data: ')[1]!) as { id: number };
    const reply = { jsonrpc: '2.0', id, result: { roots: [] } };
    expect((await sendMcp(home, { key: gateway.key, session, body: reply })).status).toBe(202);
    expect(await stream.readAll()).toContain('"result":{"content":[]}');
    expect(stream.headers).not.toHaveProperty('mcp-session-id');
    expect((await sendMcp(other, { key: gateway.key, session, method: 'DELETE' })).status).toBe(200);
    expect((await sendMcp(home, { key: gateway.key, session, body: list })).status).toBe(404);
  });

  it('has its stream relayed as it comes, and let go of when the client leaves', async () => {
    const session = await openSession(home, gateway.key);
    const stream = await openMcpStream(other, { key: gateway.key, session });
    const listen = await stub.waitFor(isMethod('subscriptions/listen'));
    expect(stream.headers['content-type']).toBe('text/event-stream');
    stream.leave();
    await listen.closed;
  });

  it('passes every check there as well', async () => {
    const session = await openSession(home, gateway.key);
    const answer = await sendMcp(other, { key: gateway.key, session, body: list, headers: { origin: 'https://evil.example.com' } });
    expect(answer.status).toBe(403);
  });

  it('is adopted under a new id when its home is gone', async () => {
    const session = await openAnsweringSession(home);
    await gateway.processes[0]!.kill();
    const answer = await sendMcp(other, { key: gateway.key, session, body: list });
    expect(answer.message()).toMatchObject({ id: 2, result: { tools: [] } });
    const adopted = String(answer.headers['mcp-session-id']);
    expect(adopted).not.toBe(session);
    const stream = await openMcpStream(other, { key: gateway.key, session: adopted, body: toolCall(3, 'ask') });
    await stream.readUntil('roots/list');
    stream.leave();
  });
});

describe('the listener for other processes', () => {
  it('takes nothing without a token, nor what a client pretends', async () => {
    const session = await openSession(home, gateway.key);
    const peer = gateway.processes[0]!.peerUrl;
    const path = new URL(home).pathname;
    expect((await sendMcp(peer + path, { key: gateway.key, session, body: list })).status).toBe(403);
    const headers = { 'x-sluice-peer': `test.${Date.now()}.${'A'.repeat(16)}.${'B'.repeat(43)}` };
    expect((await sendMcp(peer + path, { key: gateway.key, session, body: list, headers })).status).toBe(403);
    expect((await sendMcp(other, { key: gateway.key, session, body: list, headers })).status).toBe(200);
  });
});
