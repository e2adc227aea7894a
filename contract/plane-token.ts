// Trust boundary: how the control plane knows that a request comes from a data plane. It trusts the ring's keys and a clock that is
// not far off. A token is good for one request only in so far as that request says the same again: what it may ask is idempotent.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { KeyRing } from './key-ring.ts';

/** What a token is bound to. */
export interface PlaneRequest {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

/** How long a token is valid, in milliseconds, either way: clocks of hosts differ. */
const LIFETIME_MS = 30_000;

const FORM = /^Sluice ([a-zA-Z0-9_-]{1,32})\.(\d{13})\.([a-zA-Z0-9_-]{43})$/;

/** The value of the `authorization` header. */
export function makePlaneToken(ring: KeyRing, request: PlaneRequest, nowMs: number): string {
  return `Sluice ${ring.primaryId}.${nowMs}.${sign(ring.findKey(ring.primaryId, 'plane')!, request, nowMs)}`;
}

/** Whether a header is authentic, for this request, and of this moment. */
export function isPlaneToken(ring: KeyRing, presented: string, request: PlaneRequest, nowMs: number): boolean {
  const [, keyId = '', time = '', mac = ''] = FORM.exec(presented) ?? [];
  const key = ring.findKey(keyId, 'plane');
  if (key === undefined || Math.abs(nowMs - Number(time)) > LIFETIME_MS) return false;
  return timingSafeEqual(Buffer.from(sign(key, request, Number(time))), Buffer.from(mac));
}

function sign(key: Buffer, { method, path, body }: PlaneRequest, atMs: number): string {
  const digest = createHash('sha256').update(body).digest('base64url');
  return createHmac('sha256', key)
    .update(JSON.stringify([method, path, digest, atMs]))
    .digest('base64url');
}
