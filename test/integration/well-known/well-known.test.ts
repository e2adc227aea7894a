import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { request } from 'undici';
import { GATEWAY_URL, startBridgeGateway, type BridgeGateway } from '../../support/bridge-gateway.ts';
import { sendMcp } from '../../support/mcp-request.ts';

const ISSUER = 'https://auth.example.com';
const SERVERS = { docs: { upstreamUrl: 'http://127.0.0.1:9/mcp' } };

let gateway: BridgeGateway;
let withoutIssuer: BridgeGateway;

beforeAll(async () => {
  const documents = [{ kind: 'authorization_server' as const, issuer: ISSUER, keys: [] }];
  [gateway, withoutIssuer] = await Promise.all([
    startBridgeGateway({ servers: SERVERS, documents }),
    startBridgeGateway({ servers: SERVERS }),
  ]);
});

afterAll(() => Promise.all([gateway.close(), withoutIssuer.close()]));

async function send(
  path: string,
  options: { method?: 'GET' | 'POST' | 'OPTIONS'; headers?: Record<string, string>; of?: BridgeGateway } = {},
) {
  const { origin } = new URL((options.of ?? gateway).processes[0]!.url('docs'));
  const answer = await request(origin + path, { method: options.method ?? 'GET', headers: options.headers ?? {} });
  const text = await answer.body.text();
  return {
    status: answer.statusCode,
    headers: answer.headers,
    json: text === '' ? undefined : (JSON.parse(text) as Record<string, unknown>),
  };
}

describe('the metadata of a protected resource', () => {
  it('names the URL and the issuer, whether or not anything is there', async () => {
    for (const path of ['test/docs', 'test/no-such-server', 'no-such-workspace/docs']) {
      const { status, json } = await send(`/.well-known/oauth-protected-resource/${path}/mcp`);
      expect(status).toBe(200);
      expect(json).toEqual({
        resource: `${GATEWAY_URL}/${path}/mcp`,
        authorization_servers: [ISSUER],
        scopes_supported: ['mcp'],
        bearer_methods_supported: ['header'],
        resource_name: path,
      });
    }
  });

  it('is not there for the origin itself, nor for paths of no MCP server', async () => {
    for (const path of ['', '/', '/test', '/test/docs', '/test/docs/mcp/x', '/a%2Fb/c/mcp', '/../x/mcp', 'x/test/docs/mcp']) {
      expect((await send(`/.well-known/oauth-protected-resource${path}`)).status, path).toBe(404);
    }
  });

  it('may be read by a page of any origin, also after a preflight', async () => {
    const headers = { origin: 'https://inspector.example.com' };
    const path = '/.well-known/oauth-protected-resource/test/docs/mcp';
    expect((await send(path, { headers })).headers['access-control-allow-origin']).toBe(headers.origin);
    const preflight = await send(path, { method: 'OPTIONS', headers: { ...headers, 'access-control-request-method': 'GET' } });
    expect(preflight.status).toBe(204);
    expect(preflight.headers['access-control-allow-headers']).toContain('MCP-Protocol-Version');
  });

  it('is not given to a page that rebound its name to the gateway', async () => {
    const headers = { host: 'evil.example.com' };
    expect((await send('/.well-known/oauth-protected-resource/test/docs/mcp', { headers })).status).toBe(403);
  });

  it('is only read', async () => {
    expect((await send('/.well-known/oauth-protected-resource/test/docs/mcp', { method: 'POST' })).status).toBe(405);
  });
});

describe('a client of 2025-03-26', () => {
  it.each(['oauth-authorization-server', 'openid-configuration'])('finds the endpoints of the issuer in %s', async (name) => {
    const { status, json } = await send(`/.well-known/${name}`);
    expect(status).toBe(200);
    expect(json).toMatchObject({
      issuer: ISSUER,
      authorization_endpoint: `${ISSUER}/authorize`,
      token_endpoint: `${ISSUER}/token`,
      registration_endpoint: `${ISSUER}/register`,
      response_types_supported: ['code'],
      code_challenge_methods_supported: ['S256'],
    });
  });

  it('is sent on from the fixed endpoints with everything it said', async () => {
    const authorize = await send('/authorize?client_id=c&state=s%2F1');
    expect([authorize.status, authorize.headers.location]).toEqual([307, `${ISSUER}/authorize?client_id=c&state=s%2F1`]);
    for (const path of ['/token', '/register']) {
      const answer = await send(path, { method: 'POST', headers: { origin: 'https://inspector.example.com' } });
      expect([answer.status, answer.headers.location]).toEqual([307, ISSUER + path]);
      expect(answer.headers['access-control-allow-origin']).toBe('https://inspector.example.com');
    }
  });
});

describe('a challenge', () => {
  const METADATA = `${GATEWAY_URL}/.well-known/oauth-protected-resource/test/docs/mcp`;

  it.each(['POST', 'GET', 'DELETE'] as const)('leads a %s without a token to the metadata', async (method) => {
    const answer = await sendMcp(gateway.processes[0]!.url('docs'), { method, ...(method === 'POST' && { body: '{}' }) });
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe(`Bearer resource_metadata="${METADATA}", scope="mcp"`);
  });

  it('says that what was sent is not valid', async () => {
    const answer = await sendMcp(gateway.processes[0]!.url('docs'), { key: 'slc_x', body: '{}' });
    expect(answer.headers['www-authenticate']).toBe(`Bearer resource_metadata="${METADATA}", scope="mcp", error="invalid_token"`);
  });

  it('is the same where nothing is', async () => {
    const url = gateway.processes[0]!.url('docs').replace('/test/docs/', '/nobody/nothing/');
    const answer = await sendMcp(url, { body: '{}' });
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe(
      `Bearer resource_metadata="${METADATA.replace('/test/docs/', '/nobody/nothing/')}", scope="mcp"`,
    );
  });
});

describe('without an authorization server in the snapshot', () => {
  it('there is no metadata, nothing to be sent on to, and a challenge that leads nowhere', async () => {
    const paths = ['/.well-known/oauth-protected-resource/test/docs/mcp', '/.well-known/oauth-authorization-server', '/authorize'];
    for (const path of paths) expect((await send(path, { of: withoutIssuer })).status, path).toBe(404);
    const answer = await sendMcp(withoutIssuer.processes[0]!.url('docs'), { body: '{}' });
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="sluice"');
  });
});
