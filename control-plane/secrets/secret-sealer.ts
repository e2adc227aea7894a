import { createHmac } from 'node:crypto';
import type { KeyRing } from '../../contract/key-ring.ts';
import { openSecret, sealSecret } from '../../contract/sealed-secret.ts';
import { Secret } from '../../foundation/secret.ts';

/** What is stored of one secret setting. */
export interface SealedSetting {
  readonly sealed: string;
  /** The key of the ring that sealed it. */
  readonly keyId: string;
  /** Changes when the secret does, and tells nothing else. */
  readonly fingerprint: string;
}

/** 96 bits in base64url. */
const FINGERPRINT_LENGTH = 16;

/** Seals single secrets for storage, each for its owner, and opens them again. */
export class SecretSealer {
  readonly #ring: KeyRing;
  readonly #fingerprintKey: Secret;

  /** @param fingerprintKey without it, whoever reads fingerprints could guess short secrets offline. */
  constructor(ring: KeyRing, fingerprintKey: Secret) {
    this.#ring = ring;
    this.#fingerprintKey = fingerprintKey;
  }

  /** @param owner names what the secret belongs to; the same text is needed to open it, and the same secret of another owner has another fingerprint. */
  seal(owner: string, plain: string): SealedSetting {
    return { sealed: sealSecret(this.#ring, owner, plain), keyId: this.#ring.primaryId, fingerprint: this.fingerprint(owner, plain) };
  }

  fingerprint(owner: string, plain: string): string {
    const text = JSON.stringify([owner, plain]);
    return createHmac('sha256', this.#fingerprintKey.reveal()).update(text).digest('base64url').slice(0, FINGERPRINT_LENGTH);
  }

  open(owner: string, sealed: string): Secret {
    const opened = openSecret(this.#ring, owner, sealed);
    if (!opened.ok) throw new Error(`the secret of ${owner} does not open: ${opened.error.reason}`);
    return new Secret(opened.value);
  }
}
