// Trust boundary: what an API key looks like and how it is compared. Both planes use it, so that a key made by one is
// recognized by the other. The plain key exists when it is made and when it is presented; only its hash is stored.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** `slc_`, 12 characters that find the key, `_`, 43 characters (256 random bits) that prove it. */
const FORM = /^slc_([a-z2-7]{12})_[A-Za-z0-9_-]{43}$/;
const LOOKUP_ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
const LOOKUP_LENGTH = 12;
const SECRET_BYTES = 32;

/** A fresh key and what is stored of it. */
export interface GeneratedApiKey {
  /** The key itself. Shown once, never stored. */
  readonly plain: string;
  /** The public part, by which the key is found. Unique. */
  readonly lookup: string;
  /** See {@link hashApiKey}. */
  readonly hash: string;
}

/** Makes a key from 256 random bits. */
export function generateApiKey(): GeneratedApiKey {
  const lookup = [...randomBytes(LOOKUP_LENGTH)].map((byte) => LOOKUP_ALPHABET[byte % LOOKUP_ALPHABET.length]).join('');
  const plain = `slc_${lookup}_${randomBytes(SECRET_BYTES).toString('base64url')}`;
  return { plain, lookup, hash: hashApiKey(plain) };
}

/** The public part of a presented key, or undefined where the text is not of a key's form. */
export function findApiKeyLookup(presented: string): string | undefined {
  return FORM.exec(presented)?.[1];
}

/** SHA-256 in base64url. A slow hash would add nothing: the key has 256 random bits, so it cannot be guessed from its hash. */
export function hashApiKey(plain: string): string {
  return createHash('sha256').update(plain).digest('base64url');
}

/** Whether a presented key is the one that was hashed, in a time that does not depend on where they differ. */
export function isApiKey(presented: string, hash: string): boolean {
  const expected = Buffer.from(hash, 'base64url');
  const actual = createHash('sha256').update(presented).digest();
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}
