// Trust boundary: what comes back from an identity provider. A code is exchanged by a direct request with PKCE; of the ID token, issuer,
// audience, nonce, expiry and signature are checked with the provider's own keys (OpenID Connect Core 1.0, section 3.1.3.7).
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet, type JWTPayload } from 'jose';
import { z } from 'zod';
import { err, ok, type Result } from '../../foundation/result.ts';
import type { Secret } from '../../foundation/secret.ts';
import type { Fetch } from '../egress/index.ts';
import { readJson, type ProviderMetadata, type ProviderRequest } from './provider-metadata.ts';

/** A code with what is needed to redeem it. */
export interface CodeExchange {
  readonly metadata: ProviderMetadata;
  readonly clientId: string;
  readonly clientSecret: Secret | undefined;
  readonly redirectUri: string;
  readonly code: string;
  readonly verifier: string;
  readonly nonce: string;
}

const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'];
const LEEWAY_SECONDS = 10;
const TokensSchema = z.object({ id_token: z.string().max(64 * 1024), access_token: z.string().optional() });
const KeySetSchema = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).max(100) });

/** Who the provider says that the person is: the claims of the ID token, completed by those of the userinfo endpoint. */
export async function exchangeCode(fetch: Fetch, exchange: CodeExchange, nowMs: number): Promise<Result<JWTPayload, string>> {
  const answer = await readJson(fetch, exchange.metadata.token_endpoint, toTokenRequest(exchange));
  if (!answer.ok) return err(`The answer of the token endpoint ${answer.error}`);
  const tokens = TokensSchema.safeParse(answer.value);
  if (!tokens.success) return err('The token endpoint answers without an ID token. The scope openid must be among the scopes.');
  const claims = await verifyIdToken(fetch, exchange, tokens.data.id_token, nowMs);
  const { userinfo_endpoint: userinfo } = exchange.metadata;
  if (!claims.ok || userinfo === undefined || tokens.data.access_token === undefined) return claims;
  const more = await readJson(fetch, userinfo, { headers: { authorization: `Bearer ${tokens.data.access_token}` } });
  const person = z.looseObject({ sub: z.string() }).safeParse(more.ok ? more.value : undefined);
  // Core 5.3.2: claims of another subject are not this person's. What the ID token says itself is signed, so it counts first.
  return ok(person.success && person.data.sub === claims.value.sub ? { ...person.data, ...claims.value } : claims.value);
}

async function verifyIdToken(
  fetch: Fetch,
  { metadata, clientId, nonce }: CodeExchange,
  token: string,
  nowMs: number,
): Promise<Result<JWTPayload, string>> {
  const document = await readJson(fetch, metadata.jwks_uri);
  const keys = KeySetSchema.safeParse(document.ok ? document.value : undefined);
  if (!keys.success) return err('The keys of the identity provider cannot be read.');
  try {
    const { payload } = await jwtVerify(token, createLocalJWKSet(keys.data as JSONWebKeySet), {
      issuer: metadata.issuer,
      audience: clientId,
      algorithms: ALGORITHMS,
      requiredClaims: ['sub', 'exp', 'iat', 'nonce'],
      clockTolerance: LEEWAY_SECONDS,
      currentDate: new Date(nowMs),
    });
    if (payload['nonce'] !== nonce) return err('The ID token belongs to another sign-in.');
    if (Array.isArray(payload.aud) && payload.aud.length > 1 && payload['azp'] !== clientId)
      return err('The ID token is for another client.');
    return ok(payload);
  } catch {
    // Whatever is wrong with a signature or a claim: the person can do nothing about it, and a forger should learn nothing.
    return err('The ID token of the identity provider is not valid.');
  }
}

function toTokenRequest({ metadata, clientId, clientSecret, redirectUri, code, verifier }: CodeExchange): ProviderRequest {
  const body = new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier });
  const headers: Record<string, string> = { 'content-type': 'application/x-www-form-urlencoded' };
  const methods = metadata.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
  if (clientSecret !== undefined && methods.includes('client_secret_basic')) {
    // RFC 6749 section 2.3.1: both parts are form-encoded first.
    const pair = [clientId, clientSecret.reveal()].map((part) => new URLSearchParams([['', part]]).toString().slice(1)).join(':');
    headers['authorization'] = `Basic ${Buffer.from(pair).toString('base64')}`;
  } else {
    body.set('client_id', clientId);
    if (clientSecret !== undefined) body.set('client_secret', clientSecret.reveal());
  }
  return { method: 'POST', headers, body: body.toString() };
}
