import { randomUUID, type KeyObject } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWTPayload } from 'jose';
import { toServerUrl } from '../../contract/access-token.ts';
import type { AuthorizationServerDocument, ConsentsDocument, PublicKey } from '../../contract/snapshot.ts';
import { connectionShard } from '../../contract/snapshot.ts';

export const ISSUER = 'https://auth.example.com';

/** Somebody who signs tokens. */
export interface TokenIssuer {
  readonly issuer: string;
  readonly publicKey: PublicKey;
  readonly privateKey: CryptoKey | KeyObject;
  /** A token with these claims, the issuer's and an end in ten minutes. A claim that is undefined is left out. */
  sign(claims: JWTPayload, header?: Readonly<Record<string, unknown>>): Promise<string>;
}

export async function createTokenIssuer(
  options: { readonly issuer?: string; readonly alg?: string; readonly kid?: string } = {},
): Promise<TokenIssuer> {
  const { issuer = ISSUER, alg = 'ES256', kid = `key-${randomUUID()}` } = options;
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = await exportJWK(publicKey);
  return {
    issuer,
    publicKey: { ...jwk, kty: String(jwk.kty), kid, alg },
    privateKey,
    sign(claims, header = {}) {
      const nowSeconds = Math.floor(Date.now() / 1_000);
      const payload = JSON.parse(JSON.stringify({ iss: issuer, iat: nowSeconds, exp: nowSeconds + 600, ...claims })) as JWTPayload;
      return new SignJWT(payload).setProtectedHeader({ alg, kid, typ: 'at+jwt', ...header }).sign(privateKey);
    },
  };
}

/** The claims of an access token as our authorization server issues it. */
export function accessTokenClaims(gatewayUrl: string, workspace: string, server: string, changes: JWTPayload = {}): JWTPayload {
  const person = { sub: 'usr_1', client_id: 'editor', consent: 'consent_1' };
  return { ...person, aud: toServerUrl(gatewayUrl, workspace, server), jti: randomUUID(), scope: 'mcp', ...changes };
}

/** What the snapshot says of an issuer that is our own authorization server. */
export function authorizationServerDocument(...issuers: readonly TokenIssuer[]): AuthorizationServerDocument {
  return { kind: 'authorization_server', issuer: issuers[0]?.issuer ?? ISSUER, keys: issuers.map(({ publicKey }) => publicKey) };
}

/** The consents of one person. */
export function consentsDocument(workspaceId: string, userId: string, ids: readonly string[]): ConsentsDocument {
  const consents = ids.map((id) => ({ id, userId, clientId: 'editor', serverId: 'mcps_docs' }));
  return { kind: 'consents', workspaceId, shard: connectionShard(userId), consents };
}
