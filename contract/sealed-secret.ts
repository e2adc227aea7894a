// Trust boundary: the only place where secrets are sealed for storage and transport between the planes, and opened again.
// It trusts the key ring and nothing else; a text that was changed, moved to another owner or sealed with an unknown key
// does not open. It never logs, and its failures carry no part of the text.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { err, ok, type Result } from '../foundation/result.ts';
import type { KeyRing } from './key-ring.ts';

/** A sealed text: `s1.<key id>.<base64url of nonce, tag and ciphertext>`. */
export type SealedSecret = string;

/** Why a sealed text did not open. */
export type OpenFailure =
  /** Not of the form this version writes. */
  | { readonly reason: 'malformed' }
  /** Sealed with a key that the ring does not have. */
  | { readonly reason: 'unknown_key'; readonly keyId: string }
  /** Wrong key under that id, other owner, or changed bytes; AES-GCM cannot tell which. */
  | { readonly reason: 'not_authentic'; readonly keyId: string };

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const FORM = /^s1\.([a-zA-Z0-9_-]{1,32})\.([a-zA-Z0-9_-]{38,})$/;

/**
 * Seals with the ring's first key (AES-256-GCM, NIST SP 800-38D, random 96-bit nonce).
 * @param owner names what the secret belongs to, for example `connection:con_1:headers`; the same text is needed to open it.
 */
export function sealSecret(ring: KeyRing, owner: string, plain: string): SealedSecret {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', ring.findCipherKey(ring.primaryId, 'secret')!, nonce);
  cipher.setAAD(Buffer.from(owner));
  const ciphertext = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
  return `s1.${ring.primaryId}.${Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]).toString('base64url')}`;
}

/** Opens what {@link sealSecret} sealed for the same owner. */
export function openSecret(ring: KeyRing, owner: string, sealed: SealedSecret): Result<string, OpenFailure> {
  const [, keyId, body] = FORM.exec(sealed) ?? [];
  if (keyId === undefined || body === undefined) return err({ reason: 'malformed' });
  const key = ring.findCipherKey(keyId, 'secret');
  if (key === undefined) return err({ reason: 'unknown_key', keyId });
  const bytes = Buffer.from(body, 'base64url');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(owner));
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  try {
    const plain = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
    return ok(plain.toString('utf8'));
  } catch {
    // AES-GCM reports every kind of mismatch by throwing; there is nothing more to learn from it.
    return err({ reason: 'not_authentic', keyId });
  }
}

/** The id of the key a text was sealed with, or undefined where the text is malformed. Finds what a rotation still has to seal anew. */
export function findSealingKeyId(sealed: SealedSecret): string | undefined {
  return FORM.exec(sealed)?.[1];
}

/** The owner under which a connection's header values are sealed. */
export function connectionHeadersOwner(connectionId: string): string {
  return `connection:${connectionId}:headers`;
}

/** The owner of the probe that each manifest carries, by which a reader finds out that its keys are the writer's. */
export const SEAL_PROBE_OWNER = 'snapshot:seal-probe';
