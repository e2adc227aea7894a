// What grows without bound must meet one, and the one who sent it must not be able to hurt others.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSession, sendMcp, type McpRequest } from '../support/mcp-request.ts';
import { sendRaw, toHead } from '../support/raw-http.ts';
import { startStubbedServer } from '../support/stubbed-server.ts';
import { answerLegacy, type StubMcpServer } from '../support/upstreams/stub-mcp-server.ts';
import type { Key, Server, World } from '../support/world.ts';

let stub: StubMcpServer;
let world: World;
let server: Server;
let key: Key;

beforeAll(async () => {
  ({ stub, world, server, key } = await startStubbedServer());
});

afterAll(() => stub.close());

const PING = { jsonrpc: '2.0', id: 1, method: 'ping' };

describe('something oversized', () => {
  it.each<[string, number, () => McpRequest]>([
    ['a header', 431, () => ({ headers: { 'mcp-param-a': 'x'.repeat(40 * 1024) }, body: PING })],
    [
      'many headers',
      431,
      () => ({ headers: Object.fromEntries(Array.from({ length: 1_500 }, (_, i) => [`mcp-param-${i}`, 'x'.repeat(20)])), body: PING }),
    ],
    ['a batch', 400, () => ({ body: Array.from({ length: 101 }, () => PING) })],
    ['nesting', 400, () => ({ body: '['.repeat(2 * 1024 * 1024) })],
    ['a body', 413, () => ({ body: `{"pad":"${'x'.repeat(5 * 1024 * 1024)}"}` })],
  ])('(%s) is refused and goes nowhere', async (_name, status, request) => {
    stub.forget();
    const answer = await sendMcp(world.gateway.replicas[0]!.url + server.path, { key: key.plain, ...request() });
    expect(answer.status).toBe(status);
    expect(stub.requests).toEqual([]);
    expect((await sendMcp(server.url, { key: key.plain, body: PING })).status).toBe(200);
  });

  it('(a path) is no server', async () => {
    const { url } = world.gateway.replicas[0]!;
    for (const path of [`/${'a'.repeat(5_000)}/b/mcp`, `/a/${'b/'.repeat(2_000)}mcp`, `/a/b/mcp${'/x'.repeat(2_000)}`]) {
      expect((await sendMcp(url + path, { key: key.plain, body: PING })).status).toBe(404);
    }
  });

  it('deep nesting inside of a message passes or is refused, and the process lives', async () => {
    const depth = 200_000;
    const body = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":{"a":${'['.repeat(depth)}${']'.repeat(depth)}}}}`;
    stub.answer((_request, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
    const answer = await sendMcp(server.url, { key: key.plain, body });
    stub.answer(answerLegacy);
    expect([200, 400]).toContain(answer.status);
    expect((await sendMcp(server.url, { key: key.plain, body: PING })).status).toBe(200);
  });

  it('names that belong to the language are only names', async () => {
    const body =
      '{"jsonrpc":"2.0","id":1,"method":"__proto__","params":{"__proto__":{"name":"x"},"constructor":{"prototype":{"polluted":1}},"name":"toString"}}';
    expect((await sendMcp(server.url, { key: key.plain, body })).status).toBe(200);
    for (const path of ['/__proto__/constructor/mcp', '/constructor/x/mcp', '/toString/valueOf/mcp']) {
      expect((await sendMcp(world.gateway.url + path, { key: key.plain, body: PING })).status).toBe(401);
    }
  });

  it('error answer of an upstream within a session is bounded', async () => {
    const session = await openSession(server.url, key.plain);
    stub.answer((_request, response) => {
      response.writeHead(400, { 'content-type': 'application/json' });
      response.end(`{"pad":"${'x'.repeat(10 * 1024 * 1024)}"}`);
    });
    const answer = await sendMcp(server.url, { key: key.plain, session, body: PING });
    stub.answer(answerLegacy);
    expect(answer.status).toBe(502);
    expect(answer.body.length).toBeLessThan(1_000);
  });

  it('path tricks name no server', async () => {
    const { url } = world.gateway.replicas[0]!;
    const { workspace } = world;
    for (const path of [
      `/${workspace.slug}/${server.slug}/mcp/..`, `/x/../${workspace.slug}/${server.slug}/mcp`, `/${workspace.slug}/%2e%2e/${server.slug}/mcp`,
      `/${workspace.slug}%2F${server.slug}/mcp`, `//${workspace.slug}/${server.slug}/mcp`, `/${workspace.slug}/${server.slug}/mcp%00`, `/${workspace.slug}/${server.slug}/MCP`,
      `/${workspace.slug}/${server.slug};a=b/mcp`, `/${workspace.slug}/${server.slug}//mcp`,
    ]) {
      const head = toHead(`GET ${path} HTTP/1.1`, ['Host: localhost', `Authorization: Bearer ${key.plain}`, 'Connection: close']);
      expect(await sendRaw(url, head), path).toMatch(/^HTTP\/1\.1 404 /);
    } // prettier-ignore
  });
});
