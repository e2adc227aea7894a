// MCP 2025-11-25, Transports, Security Warning: a page that points its own name at the gateway's address must not get to talk to it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendRaw, toHead } from '../support/raw-http.ts';
import { startStubbedServer } from '../support/stubbed-server.ts';
import type { StubMcpServer } from '../support/upstreams/stub-mcp-server.ts';
import type { Key, Server, World } from '../support/world.ts';

let stub: StubMcpServer;
let world: World;
let server: Server;
let key: Key;

beforeAll(async () => {
  ({ stub, world, server, key } = await startStubbedServer());
});

afterAll(() => stub.close());

const BODY = '{"jsonrpc":"2.0","id":1,"method":"ping"}';

function send(method: string, ...headers: readonly string[]): Promise<string> {
  const own = [
    `Authorization: Bearer ${key.plain}`,
    'Content-Type: application/json',
    `Content-Length: ${BODY.length}`,
    'Connection: close',
  ];
  return sendRaw(world.gateway.replicas[0]!.url, toHead(`${method} ${server.path} HTTP/1.1`, [...headers, ...own]) + BODY);
}

describe('a rebound name', () => {
  it.each([
    'evil.example.com', 'evil.example.com:4100', 'localhost.evil.example.com', '127.0.0.1.evil.example.com', 'evil.example.com#localhost', 'localhost@evil.example.com',
    '127.0.0.2', '2130706433', '[::2]', 'localhost:1:evil.example.com', '',
  ])('is refused: Host "%s"', async (host) => {
    stub.forget();
    for (const method of ['POST', 'GET', 'DELETE', 'OPTIONS']) {
      const answer = await send(method, `Host: ${host}`);
      expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
      expect(answer).not.toMatch(/^HTTP\/1\.1 (401|404) /);
      expect(answer.toLowerCase()).not.toContain('access-control-allow-origin');
    }
    expect(stub.requests).toEqual([]);
  }); // prettier-ignore

  it('is refused where there is no Host at all', async () => {
    expect(await send('POST')).toMatch(/^HTTP\/1\.1 4\d\d /);
  });

  it.each(['localhost', 'LOCALHOST:80', '127.0.0.1', '[::1]:4100'])(
    'is none where the name is of this machine: Host "%s"',
    async (host) => {
      expect(await send('POST', `Host: ${host}`)).toMatch(/^HTTP\/1\.1 200 /);
    },
  );

  it('is refused where the page says its origin, whatever the Host', async () => {
    for (const origin of ['http://evil.example.com', 'null', 'https://localhost.evil.example.com', 'file://', 'chrome-extension://abc']) {
      expect(await send('POST', 'Host: localhost', `Origin: ${origin}`)).toMatch(/^HTTP\/1\.1 403 /);
    }
  });

  it('in the request line does not overrule the Host', async () => {
    stub.forget();
    const head = toHead(`POST http://evil.example.com${server.path} HTTP/1.1`, [
      'Host: localhost',
      `Authorization: Bearer ${key.plain}`,
      'Content-Type: application/json',
      `Content-Length: ${BODY.length}`,
      'Connection: close',
    ]);
    expect(await sendRaw(world.gateway.replicas[0]!.url, head + BODY)).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(stub.requests).toEqual([]);
  });
});
