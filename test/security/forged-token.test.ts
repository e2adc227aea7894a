// RFC 8725 (JSON Web Token Best Current Practices): no signature, a signature by a secret that is public, a key that the token brings along,
// and whatever else would let somebody write tokens who cannot sign them.
import { createHmac, createPublicKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GATEWAY_URL } from '../support/bridge-gateway.ts';
import { startTokenGateway, type TokenGateway } from '../support/token-gateway.ts';
import { accessTokenClaims, createTokenIssuer, type TokenIssuer } from '../support/token-issuer.ts';

let world: TokenGateway;
let stranger: TokenIssuer;
let claims: Record<string, unknown>;
let kid: string;

beforeAll(async () => {
  [world, stranger] = await Promise.all([startTokenGateway(), createTokenIssuer()]);
  const nowSeconds = Math.floor(Date.now() / 1_000);
  claims = { iss: world.issuer.issuer, iat: nowSeconds, exp: nowSeconds + 600, ...accessTokenClaims(GATEWAY_URL, 'test', 'docs') };
  ({ kid } = world.issuer.publicKey);
});

afterAll(() => world.close());

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const unsigned = (header: object, signature = '') => `${encode({ typ: 'at+jwt', kid, ...header })}.${encode(claims)}.${signature}`;

async function expectRefused(token: string): Promise<void> {
  world.stub.forget();
  const answer = await world.send(token);
  expect(answer.status).toBe(401);
  expect(answer.headers['www-authenticate']).toContain('error="invalid_token"');
  expect(JSON.stringify([answer.headers, answer.body.toString()])).not.toContain(token.slice(0, 40));
  expect(world.stub.requests).toEqual([]);
}

describe('a token', () => {
  it('as it is issued is good, so that the others are refused for what is wrong with them', async () => {
    expect((await world.send(await world.sign())).status).toBe(200);
  });

  it.each(['none', 'None', 'NONE', 'nOnE', ''])('without a signature (alg %j) is worth nothing', async (alg) => {
    await expectRefused(unsigned({ alg }));
    await expectRefused(unsigned({ alg }, 'AAAA'));
  });

  it('without an algorithm is worth nothing', () => expectRefused(unsigned({})));

  it('with its signature cut off, or another one put on, is worth nothing', async () => {
    const [head, body, signature] = (await world.sign()).split('.');
    await expectRefused(`${head}.${body}.`);
    await expectRefused(`${head}.${body}.${'A'.repeat(86)}`);
    await expectRefused(`${head}.${encode({ ...claims, sub: 'usr_2' })}.${signature}`);
  });

  it.each(['HS256', 'HS384', 'HS512'])('signed with our public key as a secret (%s) is worth nothing', async (alg) => {
    const { publicKey } = world.issuer;
    const pem = createPublicKey({ key: publicKey, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
    for (const secret of [pem, JSON.stringify(publicKey), String(publicKey['x'])]) {
      const input = unsigned({ alg }).slice(0, -1);
      await expectRefused(`${input}.${createHmac(alg.replace('HS', 'sha'), secret).update(input).digest('base64url')}`);
    }
  });

  it('signed by a key that it brings along is worth nothing', async () => {
    const body = accessTokenClaims(GATEWAY_URL, 'test', 'docs');
    for (const header of [
      { kid, jwk: stranger.publicKey },
      { kid: stranger.publicKey.kid, jwk: stranger.publicKey },
      { kid, jku: 'https://evil.example.com/jwks' },
      { kid, x5u: 'https://evil.example.com/cert', x5c: ['AAAA'] },
    ]) {
      await expectRefused(await stranger.sign(body, header));
    }
  });

  it.each(['', '../../../../dev/null', "' OR 1=1 --", 'constructor', '__proto__'])('with the key id %j is worth nothing', async (id) => {
    await expectRefused(await stranger.sign(accessTokenClaims(GATEWAY_URL, 'test', 'docs'), { kid: id }));
    await expectRefused(await world.sign({}, { kid: id }));
  });

  it('without a key id is worth nothing, although there is only one key', async () => {
    await expectRefused(await world.sign({}, { kid: undefined }));
  });

  it('that is of another kind is worth nothing: an ID token of the same issuer is no access token', async () => {
    for (const typ of [undefined, 'JWT', 'logout+jwt', 'oauth-id-jag+jwt']) await expectRefused(await world.sign({}, { typ }));
  });

  it('with a critical header that nobody here understands is worth nothing', async () => {
    await expectRefused(unsigned({ alg: 'ES256', crit: ['exp'] }, 'A'.repeat(86)));
  });

  it('of an issuer that is almost ours is worth nothing', async () => {
    for (const iss of [`${world.issuer.issuer}/`, world.issuer.issuer.toUpperCase(), undefined, [world.issuer.issuer]]) {
      await expectRefused(await world.sign({ iss }));
    }
  });

  it('without the claims of an access token is worth nothing', async () => {
    for (const name of ['sub', 'client_id', 'jti', 'consent', 'exp', 'iat', 'scope'])
      await expectRefused(await world.sign({ [name]: undefined }));
  });

  it('that is larger than any real one is not looked at', async () => {
    await expectRefused(await world.sign({ padding: 'x'.repeat(17_000) }));
  });

  it.each(['ey', 'ey.ey.', 'eyJhbGciOiJFUzI1NiJ9', 'eyJhbGciOiJFUzI1NiJ9..', 'eyJ.eyJ.eyJ.eyJ.eyJ', 'ey\u00e4'])(
    'like %j is none',
    (token) => expectRefused(token),
  );
});
