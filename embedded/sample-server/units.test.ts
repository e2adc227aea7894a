import { expect, test } from 'vitest';
import { convert } from './units.ts';

test.each([
  [26.2, 'mi', 'km', 42.1648128],
  [1, 'lb', 'kg', 0.45359237],
  [100, 'C', 'F', 212],
  [-40, 'F', 'C', -40],
  [2, 'l', 'ml', 2_000],
])('%d %s in %s', (value, from, to, expected) => {
  expect(convert(value, from, to)).toBe(expected);
});

test('refuses to turn a length into a mass', () => {
  expect(convert(1, 'km', 'kg')).toBeUndefined();
});
