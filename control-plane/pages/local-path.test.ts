import { expect, test } from 'vitest';
import { isLocalPath } from './local-path.ts';

test.each(['/', '/account', '/oauth/interaction/abc?x=%2F%2Fhost&y=https://host', '/connect/a/b#part'])('%s is local', (path) => {
  expect(isLocalPath(path)).toBe(true);
});

test.each([
  '',
  'account',
  '//host',
  '/\\host',
  '\\/host',
  '/\t/host',
  '/\n/host',
  ' //host',
  '/a\\..\\..\\host',
  'https://host/',
  'https:host',
  'javascript:alert(1)',
  '/a b',
  '/é',
  `/${'a'.repeat(3_000)}`,
])('%j is not', (path) => {
  expect(isLocalPath(path)).toBe(false);
});

test('whatever passes stays on the origin for a browser', () => {
  for (const path of ['/', '/account', '/..//host', '/./a', '/a//b', '/%5chost']) {
    if (isLocalPath(path)) expect(new URL(path, 'https://sluice.example').origin).toBe('https://sluice.example');
  }
});
