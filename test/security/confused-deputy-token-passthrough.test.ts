// MCP 2025-11-25, Security Best Practices, Token Passthrough and Confused Deputy: what a caller proves itself with is for the gateway alone, and what the gateway proves
// itself with upstream is for the upstream alone.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { initialize, openSession, sendMcp, type McpRequest } from '../support/mcp-request.ts';
import { startStubbedServer } from '../support/stubbed-server.ts';
import { startTokenGateway } from '../support/token-gateway.ts';
import { answerLegacy, type StubMcpServer } from '../support/upstreams/stub-mcp-server.ts';
import type { Key, Server, World } from '../support/world.ts';

const CREDENTIAL = 'upstream-credential-that-nobody-may-see';

let stub: StubMcpServer;
let world: World;
let server: Server;
let key: Key;

beforeAll(async () => {
  ({ stub, world, server, key } = await startStubbedServer({ authentication: 'CUSTOM_HEADERS' }));
  await world.connect(server, world.organizationId, { authorization: `Bearer ${CREDENTIAL}` });
  await world.enforced();
});

afterAll(() => stub.close());

const PING = { jsonrpc: '2.0', id: 1, method: 'ping' };

describe('the key of a caller', () => {
  it.each<[string, () => McpRequest]>([
    ['a Bearer token', () => ({ key: key.plain })],
    ['its own header', () => ({ headers: { 'x-sluice-api-key': key.plain } })],
    [
      'its own header, beside a token of somebody else',
      () => ({ headers: { 'x-sluice-api-key': key.plain, authorization: 'Bearer eyJhbGciOi.e30.x' } }),
    ],
    [
      'a cookie too',
      () => ({ key: key.plain, headers: { cookie: `key=${key.plain}`, 'proxy-authorization': `Bearer ${key.plain}`, dpop: 'x' } }),
    ],
  ])('never goes upstream, sent as %s', async (_name, request) => {
    stub.forget();
    expect((await sendMcp(server.url, { ...request(), body: PING })).status).toBe(200);
    const [received] = stub.requests;
    expect(received?.headers.authorization).toBe(`Bearer ${CREDENTIAL}`);
    const sent = JSON.stringify(received?.rawHeaders);
    for (const secret of [key.plain, 'eyJhbGciOi', 'key=']) expect(sent).not.toContain(secret);
  });

  it('is not taken from the URL', async () => {
    const answer = await sendMcp(`${server.url}?api_key=${key.plain}&access_token=${key.plain}`, { body: PING });
    expect(answer.status).toBe(401);
  });

  it('does not follow a redirect', async () => {
    const elsewhere: string[] = [];
    stub.answer((request, response) => {
      elsewhere.push(JSON.stringify(request.rawHeaders));
      response.writeHead(307, { location: `http://localhost:${new URL(stub.url).port}/mcp` }).end();
    });
    const answer = await sendMcp(server.url, { key: key.plain, body: PING });
    stub.answer(answerLegacy);
    expect(answer.status).toBe(502);
    // The same port under another name is another origin: it was not asked.
    expect(elsewhere).toHaveLength(1);
  });
});

describe('the credential for the upstream', () => {
  it('does not come back to the caller, not even where the upstream echoes it in an error', async () => {
    stub.answer((request, response) => {
      response.writeHead(401, { 'www-authenticate': `Bearer error_description="${request.headers.authorization}"` });
      response.end(JSON.stringify({ error: request.headers.authorization }));
    });
    const answer = await sendMcp(server.url, { key: key.plain, body: initialize() });
    stub.answer(answerLegacy);
    expect(JSON.stringify([answer.headers, answer.body.toString()])).not.toContain(CREDENTIAL);
  });

  it('cannot be overruled by the caller', async () => {
    stub.forget();
    await sendMcp(server.url, { headers: { 'x-sluice-api-key': key.plain, authorization: 'Bearer mine' }, body: PING });
    expect(stub.requests[0]?.rawHeaders.filter((part) => part.toLowerCase() === 'authorization')).toHaveLength(1);
    expect(stub.requests[0]?.headers.authorization).toBe(`Bearer ${CREDENTIAL}`);
  });
});

describe('the access token of a caller', () => {
  it.each(['POST', 'GET', 'DELETE'] as const)('never goes upstream with a %s', async (method) => {
    const gateway = await startTokenGateway();
    const token = await gateway.sign();
    const session = await openSession(gateway.gateway.processes[0]!.url('docs'), token);
    gateway.stub.forget();
    const headers = { cookie: `token=${token}`, dpop: token, 'x-forwarded-authorization': token };
    const answer = await gateway.send(token, 'test/docs', { method, session, headers, ...(method === 'POST' && { body: PING }) });
    expect(answer.status).toBeLessThan(500);
    expect(gateway.stub.requests).toHaveLength(1);
    expect(JSON.stringify(gateway.stub.requests)).not.toContain(token.slice(0, 60));
    expect(gateway.stub.requests[0]?.headers.authorization).toBeUndefined();
    await gateway.close();
  });
});
