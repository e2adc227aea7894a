import { expect, test } from 'vitest';
import { findPasswordFault } from './password-rules.ts';

const owner = { email: 'grace.hopper@navy.example', name: 'Grace Hopper' };

test.each(['correct horse battery', 'Zwölf Boxkämpfer', '8f3a-77b2-91cc-04de', 'tr0ub4dor&3 forever', '8392-0174-6293'])(
  'takes %s',
  (password) => {
    expect(findPasswordFault(password, owner)).toBeUndefined();
  },
);

test.each(['short', 'x'.repeat(11), 'é'.repeat(5)])('says how long it must be: %s', (password) => {
  expect(findPasswordFault(password, owner)).toContain('at least 12');
});

test('says how long it may be', () => {
  expect(findPasswordFault('correct horse battery staple '.repeat(20), owner)).toContain('at most 256');
});

test.each([
  'passwordpassword',
  'Password1234!',
  'administrator',
  'aaaaaaaaaaaaaaaa',
  'abababababab',
  '123456789012',
  '098765432109',
  'qwertyuiopasdf',
  'mnbvcxzlkjhgf',
  'Sluice-2026-secret',
  'grace.hopper@navy.example',
  'HopperGrace1906',
])('refuses what is tried first: %s', (password) => {
  expect(findPasswordFault(password, owner)).toContain('first things');
});
