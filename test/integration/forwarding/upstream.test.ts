import { createLocalJWKSet, jwtVerify } from 'jose';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Transport } from '../../../contract/snapshot.ts';
import { GATEWAY_URL, startBridgeGateway, type BridgeGateway } from '../../support/bridge-gateway.ts';
import { modernRequest, openSession, sendMcp, toolCall } from '../../support/mcp-request.ts';
import { ACCESS_PAIRINGS, startAccessUpstreams, type AccessUpstreams } from '../../support/upstreams/access-upstream.ts';

let upstreams: AccessUpstreams;
let gateway: BridgeGateway;

const KINDS = ['legacy', 'modern', 'sse'] as const;
const FORWARDING = { headers: [{ from: 'x-tenant', to: 'X-Customer' }], identityHeader: 'X-Identity', claimsHeader: 'X-Claims' };

beforeAll(async () => {
  upstreams = await startAccessUpstreams([]);
  const toServer = (kind: (typeof KINDS)[number]) => {
    const transport: Transport = kind === 'sse' ? 'SSE' : 'STREAMABLE_HTTP';
    return { upstreamUrl: upstreams[`${kind}Url`], transport, forwarding: FORWARDING };
  };
  const servers = Object.fromEntries(KINDS.map((kind) => [kind, toServer(kind)]));
  gateway = await startBridgeGateway({ servers: { ...servers, silent: { upstreamUrl: upstreams.legacyUrl } } });
});
afterAll(async () => {
  await gateway.close();
  await upstreams.close();
});

/** What a client sends that wants to be taken for somebody else. */
const FORGED = {
  'x-tenant': 'acme',
  'x-identity': 'forged',
  'x-claims': 'forged',
  'x-customer': 'forged',
  cookie: 'a=b',
  'x-forwarded-for': '1.2.3.4',
};

async function call(client: 'legacy' | 'modern', server: string, headers: Readonly<Record<string, string>> = FORGED) {
  const url = gateway.processes[0]!.url(server);
  upstreams.forget();
  if (client === 'modern') {
    const { body, headers: own } = modernRequest(1, 'tools/call', { name: 'x' });
    await sendMcp(url, { key: gateway.key, body, headers: { ...own, ...headers } });
  } else await sendMcp(url, { key: gateway.key, session: await openSession(url, gateway.key), body: toolCall(1, 'x'), headers });
  return upstreams.headersOf('tools/call');
}

async function verify(token: string, audience: string) {
  const keys = await request(new URL('/.well-known/sluice-identity/jwks.json', gateway.processes[0]!.url('legacy')));
  const jwks = createLocalJWKSet((await keys.body.json()) as never);
  return jwtVerify(token, jwks, { issuer: GATEWAY_URL, audience, algorithms: ['ES256'] });
}

describe.each(ACCESS_PAIRINGS)('a %s client and an upstream that is %s', (client, upstream) => {
  it('gets what the settings name, written by the gateway, and nothing else', async () => {
    const [headers] = await call(client, upstream);
    const { payload, protectedHeader } = await verify(String(headers!['x-identity']), upstreams[`${upstream}Url`]);
    expect(payload).toMatchObject({ sub: 'usr_1', key_id: 'key_1', workspace: 'ws_test', workspace_role: 'MEMBER' });
    expect(payload.exp! - payload.iat!).toBe(60);
    expect(protectedHeader).toMatchObject({ alg: 'ES256', kid: expect.any(String) });
    expect(JSON.parse(Buffer.from(String(headers!['x-claims']), 'base64url').toString('utf8'))).toMatchObject({ sub: 'usr_1' });
    if (upstream !== 'sse' || client === 'modern') expect(headers!['x-customer']).toBe('acme');
    expect(JSON.stringify(headers)).not.toMatch(/forged/);
    for (const name of ['x-tenant', 'cookie', 'x-forwarded-for', 'authorization']) expect(headers).not.toHaveProperty(name);
  });
});

it('calls of one caller with other values do not share them', async () => {
  const [first] = await call('modern', 'legacy', { 'x-tenant': 'one' });
  const [second] = await call('modern', 'legacy', { 'x-tenant': 'two' });
  expect([first!['x-customer'], second!['x-customer']]).toEqual(['one', 'two']);
});

it('a server without such settings gets nothing', async () => {
  const [headers] = await call('legacy', 'silent');
  for (const name of Object.keys(FORGED)) expect(headers).not.toHaveProperty(name);
});
