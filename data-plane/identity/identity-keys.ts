// Trust boundary: the keys with which the gateway says who calls. They are derived from the key ring that both planes share, so that no
// further secret has to be made, stored and rotated; another key in the ring is another signing key. They sign nothing else.
import { createECDH, createHash, createPrivateKey, sign, type KeyObject } from 'node:crypto';
import type { KeyRing } from '../../contract/key-ring.ts';

/** RFC 7518 section 3.4. */
export const IDENTITY_ALGORITHM = 'ES256';

/** The order of the group that P-256 is (FIPS 186-5, SP 800-186 section 3.2.1.3). */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** A public key as RFC 7517 section 4 writes it. */
export interface IdentityPublicKey {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
  readonly kid: string;
  readonly alg: typeof IDENTITY_ALGORITHM;
  readonly use: 'sig';
}

interface IdentityKey {
  readonly privateKey: KeyObject;
  readonly publicKey: IdentityPublicKey;
}

/** Signs with the ring's first key; publishes the public halves of all of them. */
export class IdentityKeys {
  readonly #keys: readonly IdentityKey[];

  constructor(ring: KeyRing) {
    this.#keys = ring.ids().map((id) => toIdentityKey(ring.findKey(id, 'identity')!));
  }

  get publicKeys(): readonly IdentityPublicKey[] {
    return this.#keys.map(({ publicKey }) => publicKey);
  }

  /** A JWT (RFC 7519) in compact form. */
  sign(claims: Readonly<Record<string, unknown>>): string {
    const { privateKey, publicKey } = this.#keys[0]!;
    const header = { alg: IDENTITY_ALGORITHM, typ: 'JWT', kid: publicKey.kid };
    const signed = `${encode(header)}.${encode(claims)}`;
    return `${signed}.${sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
  }
}

export function encode(json: object): string {
  return Buffer.from(JSON.stringify(json)).toString('base64url');
}

/** The derived bytes as a private key: reduced into 1…n-1, which for 256 random bits is as good as uniform on this curve. */
function toIdentityKey(derived: Buffer): IdentityKey {
  const scalar = (BigInt(`0x${derived.toString('hex')}`) % (ORDER - 1n)) + 1n;
  const d = Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex');
  const ecdh = createECDH('prime256v1');
  ecdh.setPrivateKey(d);
  const point = ecdh.getPublicKey();
  const [x, y] = [point.subarray(1, 33).toString('base64url'), point.subarray(33).toString('base64url')];
  const privateKey = createPrivateKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x, y, d: d.toString('base64url') } });
  // RFC 7638 section 3.
  const kid = createHash('sha256').update(JSON.stringify({ crv: 'P-256', kty: 'EC', x, y })).digest('base64url'); // prettier-ignore
  return { privateKey, publicKey: { kty: 'EC', crv: 'P-256', x, y, kid, alg: IDENTITY_ALGORITHM, use: 'sig' } };
}
