// RFC 9112 sections 6.3 and 11.2: what two parsers could read as one request or as two must be refused, and nothing of it may go upstream.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSession, sendMcp } from '../support/mcp-request.ts';
import { sendRaw, toHead } from '../support/raw-http.ts';
import { startStubbedServer } from '../support/stubbed-server.ts';
import { isMethod, type StubMcpServer } from '../support/upstreams/stub-mcp-server.ts';
import type { Key, Server, World } from '../support/world.ts';

let stub: StubMcpServer;
let world: World;
let server: Server;
let key: Key;
let replica: string;

beforeAll(async () => {
  ({ stub, world, server, key } = await startStubbedServer());
  replica = world.gateway.replicas[0]!.url;
});

afterAll(() => stub.close());

const PING = '{"jsonrpc":"2.0","id":1,"method":"ping"}';
const SMUGGLED = '{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"smuggled"}}';

function head(...more: readonly string[]): string {
  const own = [
    'Host: 127.0.0.1',
    `Authorization: Bearer ${key.plain}`,
    'Content-Type: application/json',
    'Accept: application/json, text/event-stream',
  ];
  return toHead(`POST ${server.path} HTTP/1.1`, [...own, ...more]);
}

function smuggledRequest(): string {
  return `POST ${server.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${key.plain}\r\nContent-Type: application/json\r\nContent-Length: ${SMUGGLED.length}\r\n\r\n${SMUGGLED}`;
}

describe('a smuggled request', () => {
  it.each([
    [
      'Content-Length beside Transfer-Encoding',
      () => head('Content-Length: 4', 'Transfer-Encoding: chunked') + `0\r\n\r\n${smuggledRequest()}`,
    ],
    ['two different lengths', () => head('Content-Length: 40', 'Content-Length: 0') + PING + smuggledRequest()],
    ['a length that is no number', () => head('Content-Length: 4x') + smuggledRequest()],
    ['a length with a sign', () => head('Content-Length: +40') + PING + smuggledRequest()],
    ['a coding that only looks like chunked', () => head('Transfer-Encoding: xchunked') + `0\r\n\r\n${smuggledRequest()}`],
    ['a coding after chunked', () => head('Transfer-Encoding: chunked, identity') + `0\r\n\r\n${smuggledRequest()}`],
    ['a space before the colon', () => head('Content-Length : 40') + PING + smuggledRequest()],
    [
      'a folded header',
      () => head('X-A: b', ' Content-Length: 40', 'Transfer-Encoding: chunked', 'Content-Length: 3') + `0\r\n\r\n${smuggledRequest()}`,
    ],
    ['lines that end with LF alone', () => head('Content-Length: 40').replaceAll('\r\n', '\n') + PING + smuggledRequest()],
    ['a NUL in a header', () => head('X-A: a\0b', 'Content-Length: 40') + PING + smuggledRequest()],
    ['a chunk size with junk', () => head('Transfer-Encoding: chunked') + `28;a\nb\r\n${PING}\r\n0\r\n\r\n${smuggledRequest()}`],
  ])('in %s is refused with its connection', async (_name, bytes) => {
    stub.forget();
    const answer = await sendRaw(replica, bytes());
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer.match(/^HTTP\/1\.1/gm)).toHaveLength(1);
    expect(stub.requests.filter(isMethod('tools/call'))).toEqual([]);
  });

  it('in a header value does not become a header of its own', async () => {
    const session = await openSession(server.url, key.plain);
    stub.forget();
    const answer = await sendRaw(
      replica,
      head(`Mcp-Session-Id: ${session}`, 'Mcp-Param-A: x\rX-Injected: 1', `Content-Length: ${PING.length}`, 'Connection: close') + PING,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(stub.requests).toEqual([]);
  });

  it('by hop-by-hop headers takes away no header that the gateway sets', async () => {
    stub.forget();
    await sendMcp(replica + server.path, { key: key.plain, headers: { te: 'trailers', 'x-a': '1', trailer: 'x-b' }, body: PING });
    const bytes = head('Connection: close, mcp-session-id, accept, content-type, authorization', `Content-Length: ${PING.length}`) + PING;
    expect(await sendRaw(replica, bytes)).toMatch(/^HTTP\/1\.1 200 /);
    for (const { headers } of stub.requests) {
      expect(headers).toMatchObject({ accept: 'application/json, text/event-stream', 'content-type': 'application/json' });
      for (const name of ['te', 'trailer', 'x-a', 'authorization', 'upgrade']) expect(headers).not.toHaveProperty(name);
    }
  });

  it('by an upgrade stays a request', async () => {
    stub.forget();
    const bytes = head('Connection: Upgrade', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__', `Content-Length: ${PING.length}`) + PING;
    const answer = await sendRaw(replica, bytes, /"result"|HTTP\/1\.1 [45]/);
    expect(answer).not.toMatch(/^HTTP\/1\.1 101/);
    for (const { headers } of stub.requests) expect(headers).not.toHaveProperty('upgrade');
  });
});

describe('two headers where one is expected', () => {
  it.each([
    ['two keys', () => [`Authorization: Bearer slc_aaaaaaaaaaaa_${'A'.repeat(43)}`]],
    ['two session ids', () => ['Mcp-Session-Id: a', 'Mcp-Session-Id: b']],
    ['two hosts', () => ['Host: evil.example.com']],
  ])('(%s) never widen what is allowed', async (_name, more) => {
    stub.forget();
    const answer = await sendRaw(replica, head(...more(), `Content-Length: ${PING.length}`, 'Connection: close') + PING);
    const status = Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);
    if (status === 200)
      expect(stub.requests.every(({ headers }) => !('mcp-session-id' in headers) && !('authorization' in headers))).toBe(true);
    else expect(status).toBeGreaterThanOrEqual(400);
  });

  it('(two names of a tool) are a mismatch', async () => {
    const meta = '"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}';
    const body = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"delete",${meta}}}`;
    stub.forget();
    const modern = ['MCP-Protocol-Version: 2026-07-28', 'Mcp-Method: tools/call', 'Mcp-Name: read', 'Mcp-Name: delete'];
    const answer = await sendRaw(replica, head(...modern, `Content-Length: ${body.length}`, 'Connection: close') + body);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(stub.requests).toEqual([]);
  });
});
