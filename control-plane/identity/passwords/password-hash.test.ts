import { expect, test } from 'vitest';
import { hashPassword, isOutdated, isPassword } from './password-hash.ts';

const CHEAP = { memory: 64, passes: 1 };

test('a hash is of its password and of no other', async () => {
  const hash = await hashPassword('correct horse', CHEAP);
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=64,t=1,p=1\$/);
  expect(await isPassword('correct horse', hash)).toBe(true);
  expect(await isPassword('correct horsf', hash)).toBe(false);
  expect(await hashPassword('correct horse', CHEAP)).not.toBe(hash);
});

test('the same letters typed by other code points are the same password', async () => {
  const hash = await hashPassword('caf\u00e9 caf\u00e9', CHEAP);
  expect(await isPassword('cafe\u0301 cafe\u0301', hash)).toBe(true);
});

test('a hash that was made at a lower cost is outdated, and still verifies', async () => {
  const hash = await hashPassword('correct horse', CHEAP);
  expect(isOutdated(hash, CHEAP)).toBe(false);
  expect(isOutdated(hash, { memory: 128, passes: 1 })).toBe(true);
  expect(isOutdated(hash, { memory: 64, passes: 2 })).toBe(true);
  expect(isOutdated(hash)).toBe(true);
});

test('reads what other implementations write', async () => {
  // A test vector of the reference implementation.
  const hash = '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4';
  expect(await isPassword('password', hash)).toBe(true);
});
