import { describe, expect, it } from 'vitest';
import { KeyRing } from './key-ring.ts';
import { isPlaneToken, makePlaneToken } from './plane-token.ts';

const ring = KeyRing.parse(`k1:${Buffer.alloc(32, 1).toString('base64')}`);
const request = { method: 'POST', path: '/internal/upstream-token', body: '{}' };
const NOW = 1_790_000_000_000;

describe('plane tokens', () => {
  const token = makePlaneToken(ring, request, NOW);

  it('are accepted for the request they were made for, within half a minute', () => {
    expect(isPlaneToken(ring, token, request, NOW + 29_000)).toBe(true);
    expect(isPlaneToken(ring, token, request, NOW - 29_000)).toBe(true);
  });

  it('are refused for another request, another time and another ring', () => {
    const other = KeyRing.parse(`k1:${Buffer.alloc(32, 2).toString('base64')}`);
    expect(isPlaneToken(ring, token, { ...request, body: '{ }' }, NOW)).toBe(false);
    expect(isPlaneToken(ring, token, { ...request, path: '/internal/other' }, NOW)).toBe(false);
    expect(isPlaneToken(ring, token, request, NOW + 31_000)).toBe(false);
    expect(isPlaneToken(other, token, request, NOW)).toBe(false);
    expect(isPlaneToken(ring, 'Bearer slc_x', request, NOW)).toBe(false);
  });
});
