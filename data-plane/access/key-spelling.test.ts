import { describe, expect, it } from 'vitest';
import { findAmbiguity } from './key-spelling.ts';

const TWICE = /has a key twice/;

describe('findAmbiguity', () => {
  it.each([1, 40])('finds a key that comes twice, also in another spelling, behind %i other keys', (count) => {
    const others = Array.from({ length: count }, (_, index) => `"key${index}":${index}`).join();
    expect(findAmbiguity(Buffer.from(`{"a":1,${others},"b":2}`))).toBeUndefined();
    expect(findAmbiguity(Buffer.from(`{"a":1,${others},"a":2}`))).toMatch(TWICE);
    expect(findAmbiguity(Buffer.from(`{"a":1,${others},"A":2}`))).toMatch(TWICE);
    expect(findAmbiguity(Buffer.from(`{${others},"a":1,"\\u0061":2}`))).toMatch(TWICE);
  });

  it('asks for the spelling of the keys that decisions are made by, where they are looked for', () => {
    expect(findAmbiguity(Buffer.from('{"Method":"tools/list"}'))).toBe('a key must be spelled method');
    expect(findAmbiguity(Buffer.from('{"params":{"arguments":{"in":{"it":{"Method":1}}}}}'))).toBeUndefined();
    expect(findAmbiguity(Buffer.from('{"Method":"tools/list"}'))).toBe('a key must be spelled method');
  });
});
