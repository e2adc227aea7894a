import { once } from 'node:events';
import { createServer, type RequestListener, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reserveFreePort } from '../../embedded/ports.ts';
import { sendMcp } from '../support/mcp-request.ts';
import { eventually } from '../support/eventually.ts';
import { startStubbedServer } from '../support/stubbed-server.ts';
import type { StubMcpServer } from '../support/upstreams/stub-mcp-server.ts';
import type { Key, Server, World } from '../support/world.ts';

let stub: StubMcpServer;
let world: World;
let key: Key;

beforeAll(async () => {
  ({ stub, world, key } = await startStubbedServer());
});
afterAll(() => stub.close());

const LIST = JSON.stringify({ jsonrpc: '2.0', id: 9, method: 'tools/list' });
const answerList: RequestListener = (req, res) => {
  req
    .resume()
    .on('end', () => void res.writeHead(200, { 'content-type': 'application/json' }).end('{"jsonrpc":"2.0","id":9,"result":{"tools":[]}}'));
};

/** Always the same replica: each process judges an upstream by what it sees itself. */
function call(server: Server) {
  return sendMcp(world.gateway.replicas[0]!.url + server.path, { key: key.plain, body: LIST });
}

async function listenOn(port: number, listener: RequestListener): Promise<HttpServer> {
  const server = createServer(listener).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

describe('a server', () => {
  it('gets as long to answer as its settings say', async () => {
    const silent = await listenOn(0, () => undefined);
    const upstreamUrl = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/mcp`;
    const server = await world.addServer({ upstreamUrl, patience: { upstreamTimeoutSeconds: 1 } });
    await world.enforced();
    const answer = await call(server);
    expect(answer.status).toBe(504);
    expect(answer.message()).toMatchObject({ id: 9, error: { code: -32603 } });
    silent.closeAllConnections();
    silent.close();
  });

  it('may be silent in the middle of an answer as long as its settings say', async () => {
    const silent = await listenOn(0, (_req, res) => res.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders());
    const upstreamUrl = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/mcp`;
    const server = await world.addServer({ upstreamUrl, patience: { upstreamIdleSeconds: 1 } });
    await world.enforced();
    expect((await call(server)).message()).toMatchObject({ id: 9, error: { code: -32603 } });
    silent.closeAllConnections();
    silent.close();
  });

  it('that comes up a moment later is reached by the retry, and the call is made once', async () => {
    const port = await reserveFreePort();
    const server = await world.addServer({ upstreamUrl: `http://127.0.0.1:${port}/mcp`, patience: { connectRetries: 5 } });
    await world.enforced();
    let calls = 0;
    const answering = call(server);
    const upstream = await listenOn(port, (req, res) => {
      calls++;
      answerList(req, res);
    });
    expect((await answering).status).toBe(200);
    expect(calls).toBe(1);
    upstream.closeAllConnections();
    upstream.close();
  });

  it('that fails several times in a row is left alone, and found again by one call when it is back', async () => {
    const port = await reserveFreePort();
    const patience = { connectRetries: 0, circuitBreakerFailures: 2, circuitBreakerOpenSeconds: 1 };
    const server = await world.addServer({ upstreamUrl: `http://127.0.0.1:${port}/mcp`, patience });
    await world.enforced();
    expect((await call(server)).status).toBe(502);
    expect((await call(server)).status).toBe(502);
    const refused = await call(server);
    expect(refused.status).toBe(503);
    expect(refused.headers['retry-after']).toBe('1');
    expect(refused.message()).toMatchObject({ id: 9, error: { code: -32603 } });
    const upstream = await listenOn(port, answerList);
    await eventually(async () => expect((await call(server)).status).toBe(200));
    expect((await call(server)).status).toBe(200);
    upstream.closeAllConnections();
    upstream.close();
  });
});
