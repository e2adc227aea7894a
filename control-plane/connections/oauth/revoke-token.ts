import { createPrivateKeyJwtAuth, selectClientAuthMethod } from '@modelcontextprotocol/client';
import type { Fetch } from '../../egress/index.ts';
import type { AuthorizationServer } from './authorization-server.ts';
import type { SealedTokens } from './connection-tokens.entity.ts';
import { toInformation, type ProvenClient } from './token-request.ts';

/** RFC 7009: the refresh token where there is one, because the access tokens go with it, else the access token. */
export async function revokeToken(
  fetchFn: Fetch,
  server: AuthorizationServer,
  client: ProvenClient,
  { refreshToken, accessToken }: SealedTokens,
): Promise<boolean> {
  const token = refreshToken ?? accessToken;
  if (server.revocationEndpoint === undefined || token === undefined) return false;
  const form = new URLSearchParams({ token, token_type_hint: refreshToken === undefined ? 'access_token' : 'refresh_token' });
  const headers = new Headers({ 'content-type': 'application/x-www-form-urlencoded' });
  try {
    await authenticate(server, client, headers, form);
    const response = await fetchFn(server.revocationEndpoint, { method: 'POST', headers, body: form.toString() });
    return response.ok;
  } catch {
    return false; // taken back here all the same; the caller says that the other side was not reached
  }
}

async function authenticate(server: AuthorizationServer, client: ProvenClient, headers: Headers, form: URLSearchParams): Promise<void> {
  const { clientId, secret, privateKey, algorithm = 'ES256' } = client;
  if (privateKey !== undefined) {
    const key = privateKey.startsWith('{') ? (JSON.parse(privateKey) as Record<string, unknown>) : privateKey;
    const sign = createPrivateKeyJwtAuth({ issuer: clientId, subject: clientId, privateKey: key, alg: algorithm, audience: server.issuer });
    form.set('client_id', clientId);
    return sign(headers, form, server.tokenEndpoint);
  }
  const method = selectClientAuthMethod(toInformation(client), [...server.tokenEndpointAuthMethods]);
  if (method === 'client_secret_basic' && secret !== undefined)
    headers.set('authorization', `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`);
  else form.set('client_id', clientId);
  if (method === 'client_secret_post' && secret !== undefined) form.set('client_secret', secret);
}
