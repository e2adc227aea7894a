// Trust boundary: the listener for other processes of the gateway. It takes only requests that carry a token made with the ring's keys,
// for this very process, this request and this moment. The token says who relays; it is no authentication of a caller: a relayed request
// passes every check that any other request passes.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { KeyRing } from '../../contract/key-ring.ts';

/** What a token is bound to. */
export interface RelayedRequest {
  /** The id of the process that is to serve the request. */
  readonly to: string;
  readonly method: string;
  readonly url: string;
}

/** How long a token is valid, in milliseconds, either way: clocks of replicas differ. */
const LIFETIME_MS = 30_000;

const FORM = /^([a-zA-Z0-9_-]{1,32})\.(\d{13})\.([a-zA-Z0-9_-]{16})\.([a-zA-Z0-9_-]{43})$/;

/** Makes and checks the tokens by which the processes of a gateway know each other. */
export class PeerTokens {
  readonly #ring: KeyRing;
  /** Nonces that were used, with the time from which on they cannot be valid any longer. In order of that time. */
  readonly #used = new Map<string, number>();

  constructor(ring: KeyRing) {
    this.#ring = ring;
  }

  make(request: RelayedRequest, nowMs: number): string {
    const nonce = randomBytes(12).toString('base64url');
    return `${this.#ring.primaryId}.${nowMs}.${nonce}.${this.#sign(this.#ring.primaryId, request, nowMs, nonce)}`;
  }

  /** Whether a token is authentic, of this moment, and not used before. Using it is what this does. */
  isValid(token: string, request: RelayedRequest, nowMs: number): boolean {
    const [, keyId = '', time = '', nonce = '', mac = ''] = FORM.exec(token) ?? [];
    const madeAtMs = Number(time);
    if (keyId === '' || Math.abs(nowMs - madeAtMs) > LIFETIME_MS || this.#used.has(nonce)) return false;
    const expected = this.#sign(keyId, request, madeAtMs, nonce);
    if (expected === undefined || !timingSafeEqual(Buffer.from(expected), Buffer.from(mac))) return false;
    this.#remember(nonce, nowMs);
    return true;
  }

  #sign(keyId: string, { to, method, url }: RelayedRequest, atMs: number, nonce: string): string | undefined {
    const key = this.#ring.findKey(keyId, 'peer');
    if (key === undefined) return undefined;
    return createHmac('sha256', key)
      .update(JSON.stringify([to, method, url, atMs, nonce]))
      .digest('base64url');
  }

  #remember(nonce: string, nowMs: number): void {
    this.#used.set(nonce, nowMs + 2 * LIFETIME_MS);
    for (const [old, until] of this.#used) {
      if (until >= nowMs) break;
      this.#used.delete(old);
    }
  }
}
