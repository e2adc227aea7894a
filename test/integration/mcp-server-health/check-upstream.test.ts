import { afterEach, describe, expect, it } from 'vitest';
import { EgressPolicy } from '../../../contract/egress-policy.ts';
import { GuardedFetch } from '../../../control-plane/egress/index.ts';
import { checkUpstream } from '../../../control-plane/mcp-server-probes/index.ts';
import { startFixtureServer, type Eras } from '../../support/upstreams/fixture-server.ts';
import { startSseFixtureServer } from '../../support/upstreams/sse-fixture-server.ts';
import { stubMcpServer, type Answer } from '../../support/upstreams/stub-mcp-server.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

function keep<One extends { close(): Promise<void> }>(one: One): One {
  open.push(one);
  return one;
}

function check(url: string, transport: 'STREAMABLE_HTTP' | 'SSE' = 'STREAMABLE_HTTP') {
  return checkUpstream(keep(new GuardedFetch(EgressPolicy.parse('loopback'))), { url, transport });
}

async function stub(answer: Answer) {
  return keep(await stubMcpServer(answer));
}

describe('an upstream is there', () => {
  it.each(['both', 'legacy', 'modern'] as Eras[])('that speaks %s, and has no session afterwards', async (eras) => {
    const fixture = keep(await startFixtureServer({ eras }));
    expect(await check(fixture.url)).toBeUndefined();
    expect(fixture.sessionCount()).toBe(0);
  });

  it('that has HTTP with SSE, and loses its stream at once', async () => {
    const fixture = keep(await startSseFixtureServer());
    expect(await check(fixture.url, 'SSE')).toBeUndefined();
    await expect.poll(() => fixture.sessionCount()).toBe(0);
  });

  it.each([401, 403])('that wants authorization (%s): one request tells', async (status) => {
    const server = await stub((_request, response) => void response.writeHead(status).end());
    expect(await check(server.url)).toBeUndefined();
    expect(await check(server.url, 'SSE')).toBeUndefined();
    expect(server.requests).toHaveLength(2);
  });

  it('that refuses the question in JSON-RPC: one request tells', async () => {
    const server = await stub((_request, response) => {
      const error = { code: -32000, message: 'Bad Request: Server not initialized' };
      response.writeHead(500, { 'content-type': 'application/json' }).end(JSON.stringify({ jsonrpc: '2.0', error, id: null }));
    });
    expect(await check(server.url)).toBeUndefined();
    expect(server.requests).toHaveLength(1);
  });
});

describe('an upstream is not there', () => {
  it.each([
    ['a web page', 200, 'text/html', 'is a web page'],
    ['a server in trouble', 503, 'text/plain', 'status 503'],
    ['a wrong path', 404, 'text/plain', 'not as an MCP server'],
  ])('%s', async (_name, status, type, sentence) => {
    const server = await stub((_request, response) => void response.writeHead(status, { 'content-type': type }).end('text'));
    expect(await check(server.url)).toContain(sentence);
  });

  it('where nothing listens, or the address is not allowed', async () => {
    const gone = await stubMcpServer();
    await gone.close();
    expect(await check(gone.url)).toContain('No connection');
    expect(await check('http://10.0.0.1/mcp')).toContain('SLUICE_EGRESS_ALLOW');
  });

  it('where another transport is spoken, which it says', async () => {
    const sse = keep(await startSseFixtureServer());
    expect(await check(sse.url)).toContain('transport to SSE');
    const http = keep(await startFixtureServer({ eras: 'modern' }));
    expect(await check(http.url, 'SSE')).toContain('opens no stream');
  });
});
