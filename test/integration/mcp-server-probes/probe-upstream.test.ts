import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createNetServer, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { EgressPolicy } from '../../../contract/egress-policy.ts';
import { GuardedFetch } from '../../../control-plane/egress/index.ts';
import { probeUpstream } from '../../../control-plane/mcp-server-probes/probe-upstream.ts';
import { startFixtureServer, type Eras } from '../../support/upstreams/fixture-server.ts';
import { startSseFixtureServer } from '../../support/upstreams/sse-fixture-server.ts';

const open: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

function probe(url: string, headers: Record<string, string> = {}, allow = 'loopback') {
  const http = new GuardedFetch(EgressPolicy.parse(allow));
  open.push(() => http.close());
  return probeUpstream(http, url, headers);
}

async function listen(handler: RequestListener): Promise<string> {
  const server: Server = createServer(handler);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function fixture(eras: Eras) {
  const server = await startFixtureServer({ eras });
  open.push(() => server.close());
  return server;
}

describe('a probe', () => {
  it.each([
    ['both', ['LEGACY', 'MODERN']],
    ['legacy', ['LEGACY']],
    ['modern', ['MODERN']],
  ] as const)('finds the eras of a server that speaks %s', async (eras, found) => {
    const result = await probe((await fixture(eras)).url);
    expect(result).toMatchObject({ outcome: 'REACHABLE', transport: 'STREAMABLE_HTTP', eras: found });
    expect(result.server?.capabilities).toContain('tools');
    expect(result.server?.name).not.toBe('');
  });

  it('leaves no session behind', async () => {
    const seen: string[] = [];
    const url = await listen((req, res) => {
      seen.push(`${req.method} ${String(req.headers['mcp-session-id'] ?? '-')}`);
      if (req.method === 'DELETE') return void res.writeHead(204).end();
      req.resume().on('end', () => {
        const isDiscover = req.headers['mcp-method'] === 'server/discover';
        if (isDiscover) return void res.writeHead(500).end('no such method');
        res.writeHead(200, { 'content-type': 'text/event-stream', 'mcp-session-id': 'opened-by-probe' });
        const result = { protocolVersion: '2025-11-25', capabilities: {}, serverInfo: { name: 'stub', version: '1' } };
        res.write(`: hello\n\nevent: message\ndata: ${JSON.stringify({ jsonrpc: '2.0', id: 'sluice-probe-initialize', result })}\n\n`);
      });
    });
    expect(await probe(`${url}/mcp`)).toMatchObject({ outcome: 'REACHABLE', eras: ['LEGACY'], server: { name: 'stub' } });
    expect(seen).toEqual(['POST -', 'POST -', 'DELETE opened-by-probe']);
  });

  it('finds out who speaks the deprecated HTTP with SSE, and leaves no session there either', async () => {
    const server = await startSseFixtureServer();
    open.push(() => server.close());
    const result = await probe(server.url);
    expect(result).toMatchObject({ outcome: 'REACHABLE', transport: 'SSE', eras: ['LEGACY'], server: { name: 'sluice-fixture' } });
    expect(result.server?.capabilities).toContain('tools');
    await expect.poll(() => server.sessionCount()).toBe(0);
  });

  it.each([
    ['that takes no messages', 'REACHABLE', 404],
    ['that wants authorization for its stream', 'NEEDS_AUTHORIZATION', 401],
  ])('says of a server with HTTP with SSE %s: %s', async (_name, outcome, status) => {
    const url = await listen((req, res) => {
      if (req.method !== 'GET') return void res.writeHead(404).end();
      if (status === 401 && req.url === '/sse') return void res.writeHead(401).end();
      if (req.url !== '/sse') return void res.writeHead(404).end();
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      res.write('event: endpoint\ndata: /messages?sessionId=1\n\n');
    });
    expect(await probe(`${url}/sse`)).toMatchObject({ outcome, server: null });
  });

  it('does not take an endpoint of another origin for a server', async () => {
    const url = await listen((req, res) => {
      if (req.method !== 'GET') return void res.writeHead(404).end();
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      res.write('event: endpoint\ndata: https://elsewhere.example/messages\n\n');
    });
    expect(await probe(`${url}/sse`)).toMatchObject({ outcome: 'NOT_MCP' });
  });

  it('says where authorization is to be had, and whether clients can register', async () => {
    const url: string = await listen((req, res) => {
      const origin = `http://127.0.0.1:${(req.socket.address() as AddressInfo).port}`;
      const json = (body: object) => res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      if (req.url === '/.well-known/oauth-protected-resource/mcp')
        return void json({ resource: `${origin}/mcp`, authorization_servers: [origin], scopes_supported: ['read'] });
      if (req.url === '/.well-known/oauth-authorization-server') {
        return void json({
          issuer: origin,
          authorization_endpoint: `${origin}/authorize`,
          token_endpoint: `${origin}/token`,
          registration_endpoint: `${origin}/register`,
          response_types_supported: ['code'],
          code_challenge_methods_supported: ['S256'],
        });
      }
      res.writeHead(401, { 'www-authenticate': `Bearer resource_metadata="${origin}/.well-known/oauth-protected-resource/mcp"` }).end();
    });
    expect(await probe(`${url}/mcp`)).toMatchObject({
      outcome: 'NEEDS_AUTHORIZATION',
      authorization: { issuer: url, offersRegistration: true, acceptsClientIdMetadataDocument: false, scopes: ['read'] },
    });
  });

  it('explains each way in which a URL can be wrong', async () => {
    const html = await listen((_req, res) => void res.writeHead(200, { 'content-type': 'text/html' }).end('<html></html>'));
    const broken = await listen((_req, res) => void res.writeHead(500, { 'content-type': 'text/plain' }).end('oops'));
    const other = await listen((_req, res) => void res.writeHead(200, { 'content-type': 'application/json' }).end('{"hello":"world"}'));
    const moved = await listen((_req, res) => void res.writeHead(308, { location: 'https://new.example/mcp?token=secret' }).end());
    const silent = await listen(() => undefined);
    const plain = createNetServer((socket) => void socket.end('this is not HTTP\r\n\r\n')).listen(0, '127.0.0.1');
    await once(plain, 'listening');
    open.push(() => void plain.close());
    const noHttp = `http://127.0.0.1:${(plain.address() as AddressInfo).port}`;
    const cases: [string, string][] = [
      [html, 'HTML_PAGE'],
      [broken, 'SERVER_ERROR'],
      [other, 'NOT_MCP'],
      [moved, 'REDIRECTED'],
      [noHttp, 'CONNECTION_FAILED'],
      [html.replace('http:', 'https:'), 'TLS_FAILED'],
      ['http://does-not-exist.invalid/mcp', 'NAME_UNKNOWN'],
      ['http://127.0.0.1:1/mcp', 'CONNECTION_FAILED'],
      [silent, 'TIMEOUT'],
    ];
    for (const [url, outcome] of cases) {
      const result = await probe(url);
      expect([url, result.outcome], result.message).toEqual([url, outcome]);
      expect(result.message).toMatch(/^[A-Z].{20,}\.$/);
    }
    expect((await probe(moved)).message).toContain('https://new.example/mcp');
    expect((await probe(moved)).message).not.toContain('secret');
    for (const url of ['http://169.254.169.254/latest', 'http://localhost:80/', 'http://10.0.0.1/']) {
      expect((await probe(url, {}, '')).outcome, url).toBe('ADDRESS_REFUSED');
    }
  });
});
