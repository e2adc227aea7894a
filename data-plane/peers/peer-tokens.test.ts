import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { KeyRing } from '../../contract/key-ring.ts';
import { PeerTokens } from './peer-tokens.ts';

const KEY_A = `a:${randomBytes(32).toString('base64')}`;
const KEY_B = `b:${randomBytes(32).toString('base64')}`;
const REQUEST = { to: 'dp_1', method: 'POST', url: '/acme/docs/mcp' };
const NOW = 1_800_000_000_000;

describe('PeerTokens', () => {
  const sender = new PeerTokens(KeyRing.parse(KEY_A));
  const receiver = () => new PeerTokens(KeyRing.parse(`${KEY_B},${KEY_A}`));

  it('lets in what a process with the same keys made for this request, also during a key rotation', () => {
    expect(receiver().isValid(sender.make(REQUEST, NOW), REQUEST, NOW + 1_000)).toBe(true);
  });

  it('lets a token in once', () => {
    const tokens = receiver();
    const token = sender.make(REQUEST, NOW);
    expect(tokens.isValid(token, REQUEST, NOW)).toBe(true);
    expect(tokens.isValid(token, REQUEST, NOW)).toBe(false);
  });

  it.each([
    ['another process', { ...REQUEST, to: 'dp_2' }, NOW],
    ['another method', { ...REQUEST, method: 'DELETE' }, NOW],
    ['another path', { ...REQUEST, url: '/acme/other/mcp' }, NOW],
    ['a time long past', REQUEST, NOW + 31_000],
    ['a time to come', REQUEST, NOW - 31_000],
  ])('refuses what was made for %s', (_case, request, nowMs) => {
    expect(receiver().isValid(sender.make(REQUEST, NOW), request, nowMs)).toBe(false);
  });

  it('refuses what was changed, invented, or made with other keys', () => {
    const token = sender.make(REQUEST, NOW);
    const stranger = new PeerTokens(KeyRing.parse(`a:${randomBytes(32).toString('base64')}`)).make(REQUEST, NOW);
    for (const wrong of ['', 'a', `x${token}`, `${token}x`, token.replace('a.', 'z.'), token.slice(0, -1), stranger]) {
      expect(receiver().isValid(wrong, REQUEST, NOW), wrong.slice(0, 20)).toBe(false);
    }
  });
});
