import { describe, expect, it } from 'vitest';
import { KeyRing } from './key-ring.ts';
import { connectionHeadersOwner, findSealingKeyId, openSecret, sealSecret } from './sealed-secret.ts';

const key = (byte: number) => Buffer.alloc(32, byte).toString('base64');
const ring = KeyRing.parse(`k1:${key(1)}`);
const owner = connectionHeadersOwner('con_1');

describe('a sealed secret', () => {
  it.each(['Bearer token', '', 'grüße', 'x'.repeat(100_000)])('opens for its owner', (plain) => {
    expect(openSecret(ring, owner, sealSecret(ring, owner, plain))).toEqual({ ok: true, value: plain });
  });

  it('shows neither its text nor whether two are the same', () => {
    const sealed = sealSecret(ring, owner, 'Bearer token');
    expect(sealed).toMatch(/^s1\.k1\.[A-Za-z0-9_-]+$/);
    expect(Buffer.from(sealed.split('.')[2]!, 'base64url').includes('Bearer')).toBe(false);
    expect(sealSecret(ring, owner, 'Bearer token')).not.toBe(sealed);
  });

  it('does not open for another owner', () => {
    const sealed = sealSecret(ring, owner, 'Bearer token');
    expect(openSecret(ring, connectionHeadersOwner('con_2'), sealed)).toEqual({
      ok: false,
      error: { reason: 'not_authentic', keyId: 'k1' },
    });
  });

  it('does not open when any of its bytes was changed', () => {
    const [version, id, body] = sealSecret(ring, owner, 'Bearer token').split('.');
    const bytes = Buffer.from(body!, 'base64url');
    for (const index of bytes.keys()) {
      const changed = Buffer.from(bytes);
      changed[index]! ^= 1;
      const opened = openSecret(ring, owner, `${version}.${id}.${changed.toString('base64url')}`);
      expect(opened).toEqual({ ok: false, error: { reason: 'not_authentic', keyId: 'k1' } });
    }
  });

  it('opens with any key of the ring, so that keys can be rotated', () => {
    const sealed = sealSecret(ring, owner, 'Bearer token');
    const rotated = KeyRing.parse(`k2:${key(2)},k1:${key(1)}`);
    expect(openSecret(rotated, owner, sealed)).toEqual({ ok: true, value: 'Bearer token' });
    expect(findSealingKeyId(sealSecret(rotated, owner, 'Bearer token'))).toBe('k2');
  });

  it('says which key is missing', () => {
    const dropped = KeyRing.parse(`k2:${key(2)}`);
    expect(openSecret(dropped, owner, sealSecret(ring, owner, 'x'))).toEqual({ ok: false, error: { reason: 'unknown_key', keyId: 'k1' } });
  });

  it('does not open with another key of the same id', () => {
    const other = KeyRing.parse(`k1:${key(9)}`);
    expect(openSecret(other, owner, sealSecret(ring, owner, 'x'))).toEqual({ ok: false, error: { reason: 'not_authentic', keyId: 'k1' } });
  });

  it.each(['', 'plain', 's1.k1', 's1.k1.', 's1.k1.dG9vc2hvcnQ', 's2.k1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', 's1.k 1.AAAA'])(
    'is malformed as "%s"',
    (text) => {
      expect(openSecret(ring, owner, text)).toEqual({ ok: false, error: { reason: 'malformed' } });
      expect(findSealingKeyId(text)).toBeUndefined();
    },
  );
});
