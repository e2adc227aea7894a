import { connect, createServer } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { initialize, modernRequest, openSession, sendMcp, type McpRequest } from '../support/mcp-request.ts';
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

const MIB = 1024 * 1024;
const PING = { jsonrpc: '2.0', id: 'p-5', method: 'ping' };

function padded(bytes: number): string {
  const empty = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { pad: '' } });
  return empty.replace('""', JSON.stringify('x'.repeat(bytes - empty.length)));
}

describe('a request body', () => {
  it('may have 4 MiB and not a byte more', async () => {
    expect((await sendMcp(server.url, { key: key.plain, body: padded(4 * MIB) })).status).toBe(200);
    stub.forget();
    const answer = await sendMcp(server.url, { key: key.plain, body: padded(4 * MIB + 1) });
    expect(answer.status).toBe(413);
    expect(answer.message()).toMatchObject({ jsonrpc: '2.0', error: { code: expect.any(Number) } });
    expect(stub.requests).toEqual([]);
  });

  it('may have as much as its server says', async () => {
    const small = await world.addServer({ upstreamUrl: stub.url, maxRequestBytes: 2_000 });
    await world.enforced();
    expect((await sendMcp(small.url, { key: key.plain, body: padded(2_000) })).status).toBe(200);
    expect((await sendMcp(small.url, { key: key.plain, body: padded(2_001) })).status).toBe(413);
  });

  it('that does not say its length is cut off at the limit', async () => {
    const client = connect(Number(new URL(world.gateway.replicas[0]!.url).port), '127.0.0.1');
    const head = [
      `POST ${server.path} HTTP/1.1`,
      'Host: 127.0.0.1',
      `Authorization: Bearer ${key.plain}`,
      'Content-Type: application/json',
    ];
    client.write(`${head.join('\r\n')}\r\nTransfer-Encoding: chunked\r\n\r\n`);
    const mebibyte = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(MIB, ' '), Buffer.from('\r\n')]);
    for (let i = 0; i < 5; i++) client.write(mebibyte);
    const [first] = (await once(client, 'data')) as [Buffer];
    expect(first.toString()).toMatch(/^HTTP\/1\.1 413 /);
    // The rest is taken and thrown away, so that the connection can serve the next request.
    client.write(mebibyte);
    client.write(`0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
    const [second] = (await once(client, 'data')) as [Buffer];
    expect(second.toString()).toMatch(/^HTTP\/1\.1 200 /);
    client.destroy();
  });

  it.each<[string, number, number, McpRequest]>([
    ['that is not JSON', 400, -32700, { body: '{"jsonrpc":' }],
    ['that is not JSON-RPC', 400, -32600, { body: '{"hello":1}' }],
    ['that is an empty batch', 400, -32600, { body: '[]' }],
    ['of another media type', 415, -32600, { body: PING, headers: { 'content-type': 'text/plain' } }],
    ['whose header names another tool', 400, -32020, mismatched()],
  ])('%s is refused with its own error', async (_name, status, code, request) => {
    stub.forget();
    const answer = await sendMcp(server.url, { key: key.plain, ...request });
    expect(answer.status).toBe(status);
    expect(answer.message().error?.code).toBe(code);
    expect(stub.requests).toEqual([]);
  });
});

describe('a refusal', () => {
  it('reaches a client that goes on sending on a connection that is to be closed', async () => {
    const { hostname, port } = new URL(world.gateway.replicas[0]!.url);
    const client = connect(Number(port), hostname);
    const length = 5 * MIB;
    const head = [
      'POST / HTTP/1.1',
      `Host: ${hostname}`,
      'Connection: close',
      'Content-Type: application/json',
      `Content-Length: ${length}`,
    ];
    client.write(`${head.join('\r\n').replace('/ ', `${server.path} `)}\r\n\r\n`);
    const [first] = (await once(client, 'data')) as [Buffer];
    expect(first.toString()).toMatch(/^HTTP\/1\.1 401 /);
    client.end(Buffer.alloc(length, ' '));
    client.resume();
    // Rejects where the connection is reset, with which a client may lose what it has not read yet.
    await once(client, 'close');
    expect(client.bytesWritten).toBeGreaterThan(length);
  });
});

describe('an HTTP method', () => {
  it.each(['PUT', 'PATCH', 'HEAD'] as const)('that MCP does not use is refused (%s)', async (method) => {
    stub.forget();
    const answer = await sendMcp(server.url, { key: key.plain, method });
    expect(answer.status).toBe(405);
    expect(answer.headers['allow']).toContain('POST');
    expect(stub.requests).toEqual([]);
  });
});

describe('an upstream', () => {
  it('that is not there is an error with the id of the request', async () => {
    const nowhere = createServer().listen(0, '127.0.0.1');
    await once(nowhere, 'listening');
    const { port } = nowhere.address() as { port: number };
    nowhere.close();
    const gone = await world.addServer({ upstreamUrl: `http://127.0.0.1:${port}/mcp` });
    await world.enforced();
    const answer = await sendMcp(gone.url, { key: key.plain, body: PING });
    expect(answer.status).toBe(502);
    expect(answer.message()).toMatchObject({ jsonrpc: '2.0', id: 'p-5', error: { code: -32603 } });
    expect(answer.body.toString()).not.toContain(String(port));
  });

  it('that hangs up before it answers is an error with the id of the request', async () => {
    stub.answer((_request, response) => void response.destroy());
    const answer = await sendMcp(server.url, { key: key.plain, body: PING });
    stub.answer(answerLegacy);
    expect(answer.status).toBe(502);
    expect(answer.message()).toMatchObject({ id: 'p-5', error: { code: -32603 } });
  });

  it.each([401, 403])('that refuses the credential (%i) does not make the client sign in there', async (status) => {
    stub.answer((_request, response) => {
      const challenge = 'Bearer resource_metadata="https://evil.example.com/.well-known/oauth-protected-resource"';
      response.writeHead(status, { 'www-authenticate': challenge }).end('go away');
    });
    const answer = await sendMcp(server.url, { key: key.plain, body: PING });
    stub.answer(answerLegacy);
    expect(answer.status).toBe(502);
    expect(answer.headers).not.toHaveProperty('www-authenticate');
    expect(answer.body.toString()).not.toContain('evil');
    expect(answer.message()).toMatchObject({ id: 'p-5' });
  });

  it('is followed to another path of its own', async () => {
    stub.answer((request, response) => {
      if (request.path === '/mcp') return void response.writeHead(307, { location: '/mcp/' }).end();
      answerLegacy(request, response);
    });
    stub.forget();
    const answer = await sendMcp(server.url, { key: key.plain, body: PING });
    stub.answer(answerLegacy);
    expect(answer.status).toBe(200);
    expect(stub.requests.map((request) => request.path)).toEqual(['/mcp', '/mcp/']);
    expect(stub.requests[1]?.body.toString()).toBe(JSON.stringify(PING));
  });

  it.each([301, 302, 303, 307, 308])('is not followed elsewhere (%i)', async (status) => {
    stub.answer((_request, response) => void response.writeHead(status, { location: 'http://localhost:1/mcp' }).end());
    const answer = await sendMcp(server.url, { key: key.plain, body: PING });
    stub.answer(answerLegacy);
    expect(answer.status).toBe(502);
    expect(answer.headers).not.toHaveProperty('location');
    expect(answer.message()).toMatchObject({ id: 'p-5', error: { code: -32603 } });
  });

  it('that redirects to itself without end is an error', async () => {
    stub.answer((_request, response) => void response.writeHead(307, { location: '/mcp' }).end());
    const answer = await sendMcp(server.url, { key: key.plain, body: PING });
    stub.answer(answerLegacy);
    expect(answer.status).toBe(502);
  });

  it('keeps its own errors', async () => {
    const error = { jsonrpc: '2.0', id: 'p-5', error: { code: -32603, message: 'It broke here' } };
    stub.answer((_request, response) => void response.writeHead(500, { 'content-type': 'application/json' }).end(JSON.stringify(error)));
    const session = await sendMcp(server.url, { key: key.plain, body: PING });
    stub.answer(answerLegacy);
    expect(session.status).toBe(500);
    expect(session.message()).toEqual(error);
  });

  it('learns nothing of the client but what MCP needs', async () => {
    const session = await openSession(server.url, key.plain);
    stub.forget();
    const headers = {
      cookie: 'a=b', dpop: 'x', origin: 'http://localhost:7', 'x-forwarded-for': '10.0.0.1', 'x-real-ip': '10.0.0.1', 'user-agent': 'spy',
      'x-sluice-api-key': key.plain, 'proxy-authorization': 'Basic x', 'x-custom': '1',
    }; // prettier-ignore
    await sendMcp(server.url, { key: key.plain, session, headers, body: PING });
    const names = Object.keys(stub.requests[0]?.headers ?? {}).toSorted();
    expect(names).toEqual(['accept', 'accept-encoding', 'connection', 'content-length', 'content-type', 'host', 'mcp-session-id']);
    expect(stub.requests[0]?.headers.host).toBe(new URL(stub.url).host);
  });

  it('tells the client nothing but what MCP needs', async () => {
    stub.answer((_request, response) => {
      const headers = {
        'set-cookie': 'a=b',
        server: 'secret/1',
        'x-powered-by': 'x',
        'alt-svc': 'h3=":1"',
        'access-control-allow-origin': '*',
        'strict-transport-security': 'x',
      };
      response
        .writeHead(200, { ...headers, 'content-type': 'application/json', 'mcp-session-id': 's' })
        .end('{"jsonrpc":"2.0","id":1,"result":{}}');
    });
    const answer = await sendMcp(server.url, { key: key.plain, body: initialize() });
    stub.answer(answerLegacy);
    const names = Object.keys(answer.headers).filter(
      (name) => !['connection', 'keep-alive', 'date', 'transfer-encoding', 'content-length'].includes(name),
    );
    expect(names.toSorted()).toEqual(['content-type', 'mcp-session-id']);
  });
});

function mismatched(): McpRequest {
  const request = modernRequest(1, 'tools/call', { name: 'delete_everything' });
  return { ...request, headers: { ...request.headers, 'mcp-name': 'read_something' } };
}
