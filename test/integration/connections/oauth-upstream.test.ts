import {
  auth,
  refreshAuthorization,
  type OAuthClientInformationMixed,
  type OAuthClientProvider,
  type OAuthDiscoveryState,
  type OAuthTokens,
} from '@modelcontextprotocol/client';
import { afterEach, expect, it } from 'vitest';
import { Browser } from '../../support/browser.ts';
import { startOAuthUpstream, type OAuthUpstream, type OAuthUpstreamOptions } from '../../support/upstreams/oauth-upstream.ts';

// The fixture that stands for a protected upstream is held to the official client here, so that what Sluice does with it means something.

const REDIRECT = 'http://127.0.0.1:9/callback';
const upstreams: OAuthUpstream[] = [];
afterEach(async () => {
  for (const upstream of upstreams.splice(0)) await upstream.close();
});

it('lets a client register, takes its account on a page, and serves it with the token', async () => {
  const upstream = await start();
  const client = new Person();
  await client.connect(upstream);
  expect(upstream.authorizationServer.registrations).toHaveLength(1);
  expect(await call(upstream, client.savedTokens?.access_token)).toBe(200);
  expect(upstream.requests.at(-1)).toMatchObject({ account: 'alice' });
  expect(await call(upstream, 'something else')).toBe(401);
});

it('rotates refresh tokens, counts refreshes, and punishes reuse', async () => {
  const upstream = await start();
  const client = new Person();
  await client.connect(upstream);
  const first = client.savedTokens!.refresh_token!;
  const second = await client.refresh(first);
  expect(second.refresh_token).not.toBe(first);
  await expect(client.refresh(first)).rejects.toThrow();
  await expect(client.refresh(second.refresh_token!)).rejects.toThrow();
  expect(upstream.authorizationServer.tokenRequests.filter(({ grantType }) => grantType === 'refresh_token')).toHaveLength(3);
});

it('refuses to register anybody where registration is closed', async () => {
  const upstream = await start({ registration: 'closed', challenge: 'bare' });
  await expect(new Person().connect(upstream)).rejects.toThrow(/registration/);
});

async function start(options: OAuthUpstreamOptions = {}): Promise<OAuthUpstream> {
  const upstream = await startOAuthUpstream(options);
  upstreams.push(upstream);
  return upstream;
}

async function call({ url }: OAuthUpstream, token = ''): Promise<number> {
  const body = { jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } } }; // prettier-ignore
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  await response.body?.cancel();
  return response.status;
}

/** Somebody with the official client and a browser. */
class Person implements OAuthClientProvider {
  readonly redirectUrl = REDIRECT;
  readonly clientMetadata = { redirect_uris: [REDIRECT], client_name: 'test', token_endpoint_auth_method: 'none' };
  savedTokens: OAuthTokens | undefined;
  #client: OAuthClientInformationMixed | undefined;
  #verifier = '';
  #discovery: OAuthDiscoveryState | undefined;
  #authorizationUrl: URL | undefined;

  async connect({ url }: OAuthUpstream): Promise<void> {
    expect(await auth(this, { serverUrl: url })).toBe('REDIRECT');
    const browser = new Browser();
    const stopAt = (at: URL) => at.href.startsWith(REDIRECT);
    const answer = await browser.submit(await browser.open(this.#authorizationUrl!.href), { decision: 'allow' }, { stopAt });
    const { searchParams } = answer.url;
    const codes = { authorizationCode: searchParams.get('code')!, iss: searchParams.get('iss')! };
    expect(await auth(this, { serverUrl: url, ...codes })).toBe('AUTHORIZED');
  }

  refresh(refreshToken: string): Promise<OAuthTokens> {
    const { authorizationServerUrl, authorizationServerMetadata: metadata } = this.#discovery!;
    return refreshAuthorization(authorizationServerUrl, { metadata, clientInformation: this.#client!, refreshToken });
  }

  clientInformation = () => this.#client;
  saveClientInformation = (client: OAuthClientInformationMixed) => void (this.#client = client);
  tokens = () => undefined;
  saveTokens = (tokens: OAuthTokens) => void (this.savedTokens = tokens);
  redirectToAuthorization = (url: URL) => void (this.#authorizationUrl = url);
  saveCodeVerifier = (verifier: string) => void (this.#verifier = verifier);
  codeVerifier = () => this.#verifier;
  discoveryState = () => this.#discovery;
  saveDiscoveryState = (state: OAuthDiscoveryState) => void (this.#discovery = state);
}
