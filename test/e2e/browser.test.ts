import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendMcp } from '../support/mcp-request.ts';
import { startStubbedServer } from '../support/stubbed-server.ts';
import type { StubMcpServer } from '../support/upstreams/stub-mcp-server.ts';
import type { Key, Server } from '../support/world.ts';

let stub: StubMcpServer;
let server: Server;
let key: Key;

beforeAll(async () => {
  ({ stub, server, key } = await startStubbedServer());
});

afterAll(() => stub.close());

const ORIGIN = 'http://localhost:6274';
const PING = { jsonrpc: '2.0', id: 5, method: 'ping' };

describe('a page in a browser', () => {
  it('may ask without a key what it may send', async () => {
    const headers = {
      origin: ORIGIN,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type,mcp-protocol-version,mcp-param-region',
    };
    const answer = await sendMcp(server.url, { method: 'OPTIONS', headers });
    expect(answer.status).toBe(204);
    expect(answer.headers['access-control-allow-origin']).toBe(ORIGIN);
    expect(answer.headers['access-control-allow-methods']).toMatch(/GET.*POST.*DELETE/);
    const allowed = String(answer.headers['access-control-allow-headers']).toLowerCase().split(', ');
    expect(allowed).toEqual(
      expect.arrayContaining([
        'authorization', 'content-type', 'accept', 'mcp-protocol-version', 'mcp-session-id', 'mcp-method', 'mcp-name', 'last-event-id', 'x-sluice-api-key', 'mcp-param-region',
      ]), // prettier-ignore
    );
  });

  it('may read the answer and the headers it needs, also of a refusal', async () => {
    for (const [status, headers] of [[200, { authorization: `Bearer ${key.plain}` }], [401, {}]] as const) {
      const answer = await sendMcp(server.url, { headers: { origin: ORIGIN, ...headers }, body: PING });
      expect(answer.status).toBe(status);
      expect(answer.headers['access-control-allow-origin']).toBe(ORIGIN);
      expect(answer.headers['access-control-expose-headers']).toMatch(/Mcp-Session-Id.*WWW-Authenticate/i);
      expect(answer.headers['vary']).toMatch(/origin/i);
    } // prettier-ignore
  });

  it('of an origin that is not allowed gets nothing, with or without a key', async () => {
    for (const origin of ['https://evil.example.com', 'null', 'http://localhost.evil.example.com']) {
      for (const method of ['POST', 'OPTIONS', 'GET'] as const) {
        const answer = await sendMcp(server.url, { key: key.plain, method, headers: { origin }, ...(method === 'POST' && { body: PING }) });
        expect(answer.status).toBe(403);
        expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
      }
    }
  });
});
