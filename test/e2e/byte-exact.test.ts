import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modernRequest, openSession, sendMcp } from '../support/mcp-request.ts';
import { withDiscover } from '../support/modern-stub.ts';
import { startStubbedServer } from '../support/stubbed-server.ts';
import { answerLegacy, isMethod, type StubMcpServer } from '../support/upstreams/stub-mcp-server.ts';
import type { Key, Server } from '../support/world.ts';

let stub: StubMcpServer;
let server: Server;
let key: Key;

beforeAll(async () => {
  ({ stub, server, key } = await startStubbedServer());
});

afterAll(() => stub.close());

/** Numbers beyond what JavaScript holds, spellings that a serializer would change, keys in an order of their own, and fields that nobody knows. */
const AWKWARD =
  '{ "jsonrpc" :\t"2.0", "zulu":1.0, "method":"tools/call","id": 9007199254740993 ,\r\n "params":{"name":"caf\\u00e9 ☕","_meta":{"x":1e400,"progressToken":-0},"arguments":{"big":123456789012345678901234567890,"b":2,"a":1,"a":3,"tiny":1E-7,"s":"\\/\\ud83d\\ude00"}},"unknown":[ ] }';

describe('what passes through the gateway', () => {
  it('reaches the upstream to the byte, in a legacy session', async () => {
    const session = await openSession(server.url, key.plain);
    stub.forget();
    await sendMcp(server.url, { key: key.plain, session, body: AWKWARD });
    const received = await stub.waitFor(isMethod('tools/call'));
    expect(received.body.toString('utf8')).toBe(AWKWARD);
  });

  it('reaches the upstream to the byte, as a modern request', async () => {
    const { headers, body } = modernRequest(1, 'tools/list', { cursor: 'a', extra: { n: 1 } });
    const text = JSON.stringify(body, null, 3).replace('"n": 1', '"n": 12345678901234567890.10');
    stub.forget();
    stub.answer(withDiscover(answerLegacy));
    await sendMcp(server.url, { key: key.plain, body: text, headers: { ...headers, 'mcp-param-region': 'eu', 'mcp-param-Zone': 'x y' } });
    const received = await stub.waitFor(isMethod('tools/list'));
    expect(received.body.toString('utf8')).toBe(text);
    expect(received.headers).toMatchObject({
      'mcp-method': 'tools/list',
      'mcp-protocol-version': '2026-07-28',
      'mcp-param-region': 'eu',
      'mcp-param-zone': 'x y',
    });
  });

  it('carries a batch of a legacy session as it is', async () => {
    const session = await openSession(server.url, key.plain);
    const batch = '[{"jsonrpc":"2.0","id":1,"method":"ping"},\n {"jsonrpc":"2.0","id":"b","method":"tools/list"}]';
    stub.forget();
    await sendMcp(server.url, { key: key.plain, session, body: batch });
    expect(stub.requests.map((request) => request.body.toString('utf8'))).toEqual([batch]);
  });

  it.each([
    ['application/json', `\uFEFF {"jsonrpc":"2.0",\n"id":1,"result":{"n":10000000000000000000000001,"x":"\\u0041"}}  `],
    [
      'text/event-stream',
      ': hello\r\n\r\nid: 7\r\nevent: message\r\ndata: {"jsonrpc":"2.0",\r\ndata: "id":1,"result":{"n":1.50}}\r\nretry: 10\r\n\r\n',
    ],
    [
      'application/json; charset=utf-8',
      '{"jsonrpc":"2.0","id":1,"error":{"code":-31999,"message":"odd","data":{"a":1,"a":2}},"extra":true}',
    ],
  ])('comes back to the byte (%s)', async (type, answer) => {
    const session = await openSession(server.url, key.plain);
    stub.answer((_request, response) => void response.writeHead(200, { 'content-type': type }).end(answer));
    const received = await sendMcp(server.url, { key: key.plain, session, body: { jsonrpc: '2.0', id: 1, method: 'tools/list' } });
    stub.answer(answerLegacy);
    expect(received.body.toString('utf8')).toBe(answer);
    expect(received.headers['content-type']).toBe(type);
  });

  it.each([
    [202, undefined],
    [200, '{"jsonrpc":"2.0","id":1,"result":{}}'],
    [404, '{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"Method not found"}}'],
    [405, undefined],
    [409, '{"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"Conflict: Only one SSE stream is allowed per session"}}'],
    [429, '{"jsonrpc":"2.0","id":1,"error":{"code":-32029,"message":"slow down"}}'],
  ])('keeps the status %i of an answer outside of a session', async (status, answer) => {
    stub.answer(
      withDiscover(
        (_request, response) =>
          void response.writeHead(status, answer === undefined ? {} : { 'content-type': 'application/json' }).end(answer),
      ),
    );
    const received = await sendMcp(server.url, { key: key.plain, ...modernRequest(1, 'tools/list') });
    stub.answer(answerLegacy);
    expect(received.status).toBe(status);
    expect(received.body.toString('utf8')).toBe(answer ?? '');
  });
});
