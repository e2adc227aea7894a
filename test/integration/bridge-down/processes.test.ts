import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startBridgeGateway, type BridgeGateway } from '../../support/bridge-gateway.ts';
import { modernRequest, openMcpStream, sendMcp } from '../../support/mcp-request.ts';
import {
  answerLegacy,
  frame,
  isMethod,
  openEventStream,
  sendJson,
  stubMcpServer,
  type Answer,
  type StubMcpServer,
} from '../../support/upstreams/stub-mcp-server.ts';

let stub: StubMcpServer;
let gateway: BridgeGateway;

beforeEach(async () => {
  stub = await stubMcpServer(answerPerSession());
  gateway = await startBridgeGateway({ servers: { stub: { upstreamUrl: stub.url } }, processes: 3 });
});
afterEach(() => Promise.all([gateway.close(), stub.close()]));

const urls = () => gateway.processes.map((process) => process.url('stub'));

/** A legacy server that remembers how often each session called, and tells only the session that called. */
function answerPerSession(): Answer {
  const calls = new Map<string, number>();
  const streams = new Map<string, ServerResponse>();
  return (request, response) => {
    const { message, method } = request;
    const session = String(request.headers['mcp-session-id']);
    if (method === 'GET') {
      openEventStream(response);
      return void streams.set(session, response);
    }
    if (message?.method === 'initialize') {
      const opened = `session-${calls.size}`;
      calls.set(opened, 0);
      const capabilities = { tools: { listChanged: true } };
      const result = { protocolVersion: '2025-11-25', capabilities, serverInfo: { name: 'stub', version: '1' } };
      return sendJson(response, { jsonrpc: '2.0', id: message.id, result }, { 'mcp-session-id': opened });
    }
    if (message?.method !== 'tools/call') return answerLegacy(request, response);
    calls.set(session, (calls.get(session) ?? 0) + 1);
    streams.get(session)?.write(frame({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' }));
    sendJson(response, { jsonrpc: '2.0', id: message.id, result: { content: [{ type: 'text', text: `call ${calls.get(session)}` }] } });
  };
}

function call(url: string) {
  return sendMcp(url, { key: gateway.key, ...modernRequest(2, 'tools/call', { name: 'count', arguments: {} }) });
}

describe('a modern client whose requests arrive at several processes', () => {
  it('has one session with a legacy upstream', async () => {
    const texts: string[] = [];
    for (const url of [...urls(), ...urls()]) texts.push((await call(url)).body.toString());
    expect(texts.map((text) => /call \d/.exec(text)?.[0])).toEqual(['call 1', 'call 2', 'call 3', 'call 4', 'call 5', 'call 6']);
    expect(stub.requests.filter(isMethod('initialize'))).toHaveLength(1);
  });

  it('is told what the upstream tells that session only, wherever it listens', async () => {
    for (const listeningAt of urls()) {
      const listen = modernRequest(9, 'subscriptions/listen', { notifications: { toolsListChanged: true } });
      const stream = await openMcpStream(listeningAt, { key: gateway.key, ...listen });
      await stream.readUntil('acknowledged');
      await stub.waitFor(({ method }) => method === 'GET');
      await call(urls().find((url) => url !== listeningAt)!);
      await stream.readUntil('tools/list_changed');
      stream.leave();
    }
  });

  it('goes on when any of them is gone, though its report is still there', async () => {
    for (const process of gateway.processes.slice(0, 2)) {
      await call(process.url('stub'));
      await process.kill();
      expect((await call(urls().at(-1)!)).status).toBe(200);
    }
  });
});
