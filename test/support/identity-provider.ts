import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK, type JWTPayload } from 'jose';

/** An identity provider on loopback, as far as those need it who check its tokens: metadata, keys, and a pen. */
export interface TestIdentityProvider {
  readonly issuer: string;
  readonly jwksUrl: string;
  /** Signs with the newest key; valid for ten minutes unless the claims say otherwise. */
  sign(claims: JWTPayload): Promise<string>;
  /** Signs with another key from now on, and serves only that one. */
  rotate(): Promise<void>;
  /** Answers with an error until it is repaired. */
  breakDown(isBroken: boolean): void;
  close(): void;
}

export async function startTestIdentityProvider(): Promise<TestIdentityProvider> {
  let isBroken = false;
  let key: { readonly privateKey: CryptoKey; readonly jwk: JWK } = await makeKey(1);
  let keys = 1;
  const server = createServer((req, res) => {
    const documents: Record<string, unknown> = {
      // A key to encrypt for it, and a private parameter by mistake: what nobody may take over.
      '/jwks': { keys: [key.jwk, { ...key.jwk, kid: 'enc', use: 'enc' }, { kty: 'oct', kid: 'shared', k: 'AAAA' }] },
      '/.well-known/openid-configuration': {
        issuer,
        jwks_uri: `${issuer}/jwks`,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
      },
      '/elsewhere/.well-known/openid-configuration': { issuer, jwks_uri: `${issuer}/jwks` },
    };
    const document = documents[req.url ?? ''];
    res.writeHead(isBroken ? 503 : document === undefined ? 404 : 200, { 'content-type': 'application/json' });
    res.end(JSON.stringify(document ?? {}));
  });
  server.listen(0, '127.0.0.1').unref();
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    issuer,
    jwksUrl: `${issuer}/jwks`,
    sign: (claims) => {
      const nowSeconds = Math.floor(Date.now() / 1_000);
      const token = new SignJWT({ iss: issuer, iat: nowSeconds, exp: nowSeconds + 600, ...claims });
      return token.setProtectedHeader({ alg: 'ES256', kid: key.jwk.kid!, typ: 'JWT' }).sign(key.privateKey);
    },
    async rotate() {
      key = await makeKey((keys += 1));
    },
    breakDown: (broken) => void (isBroken = broken),
    close: () => void server.close(),
  };
}

async function makeKey(number: number) {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), kid: `key-${number}`, use: 'sig', alg: 'ES256', d: 'AAAA' } };
}
