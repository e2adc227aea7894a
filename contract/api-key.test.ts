import { describe, expect, it } from 'vitest';
import { findApiKeyLookup, generateApiKey, hashApiKey, isApiKey } from './api-key.ts';

describe('an API key', () => {
  it('is found by its public part and proven by the whole', () => {
    const { plain, lookup, hash } = generateApiKey();
    expect(findApiKeyLookup(plain)).toBe(lookup);
    expect(isApiKey(plain, hash)).toBe(true);
    expect(hash).toBe(hashApiKey(plain));
    expect(plain).not.toContain(hash);
  });

  it('is another one each time', () => {
    const keys = Array.from({ length: 100 }, () => generateApiKey());
    expect(new Set(keys.map(({ plain }) => plain)).size).toBe(100);
    expect(new Set(keys.map(({ lookup }) => lookup)).size).toBe(100);
  });

  it('is not proven by another key with the same public part', () => {
    const { plain, lookup, hash } = generateApiKey();
    const forged = `slc_${lookup}_${'A'.repeat(43)}`;
    expect(findApiKeyLookup(forged)).toBe(lookup);
    expect(isApiKey(forged, hash)).toBe(false);
    expect(isApiKey(`${plain}x`, hash)).toBe(false);
  });

  it('is not proven against what is no hash', () => {
    const { plain } = generateApiKey();
    for (const hash of ['', 'AAAA', `${hashApiKey(plain)}AAAA`]) expect(isApiKey(plain, hash)).toBe(false);
  });

  it.each([
    '',
    'slc_',
    'sk-abc',
    'slc_ABCDEFGHIJKL_',
    `slc_abcdefghijk1_${'a'.repeat(43)}`,
    ` ${generateApiKey().plain}`,
    `${generateApiKey().plain}\n`,
  ])('is not of the form "%s"', (text) => expect(findApiKeyLookup(text)).toBeUndefined());
});
