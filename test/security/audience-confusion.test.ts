// RFC 8707 and MCP 2025-11-25, Authorization, Token Audience Binding: a token that one server's client got must not open another server.
// A server behind the gateway that is malicious, or a client of it, could else use everything its users use.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GATEWAY_URL } from '../support/bridge-gateway.ts';
import { startTokenGateway, type TokenGateway } from '../support/token-gateway.ts';

const OWN = `${GATEWAY_URL}/test/docs/mcp`;

let world: TokenGateway;

beforeAll(async () => {
  world = await startTokenGateway();
});

afterAll(() => world.close());

describe('a token for one server', () => {
  it('opens that one', async () => {
    expect((await world.send(await world.sign())).status).toBe(200);
  });

  it.each(['test/mail', 'other/docs', 'test/nothing', 'nobody/docs'])('does not open %s, and is told the same there', async (place) => {
    world.stub.forget();
    const answer = await world.send(await world.sign(), place);
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe(
      `Bearer resource_metadata="${GATEWAY_URL}/.well-known/oauth-protected-resource/${place}/mcp", scope="mcp", error="invalid_token"`,
    );
    expect(answer.message().error?.message).toContain('access token');
    expect(world.stub.requests).toEqual([]);
  });

  it('does not open it either once it was seen at its own', async () => {
    const token = await world.sign();
    expect((await world.send(token)).status).toBe(200);
    expect((await world.send(token, 'test/mail')).status).toBe(401);
  });
});

describe('a token whose audience is', () => {
  it.each<[string, unknown]>([
    ['missing', undefined],
    ['the origin of the gateway', GATEWAY_URL],
    ['a path above the server', `${GATEWAY_URL}/test`],
    ['the server with a slash', `${OWN}/`],
    ['the server with a query', `${OWN}?x=1`],
    ['in another case', OWN.toUpperCase()],
    ['a list with the server', [OWN]],
    ['a list with the server and another one', [OWN, `${GATEWAY_URL}/test/mail/mcp`]],
    ['the upstream', 'http://127.0.0.1:1/mcp'],
  ])('%s opens nothing', async (_name, aud) => {
    expect((await world.send(await world.sign({ aud }))).status).toBe(401);
  });
});
