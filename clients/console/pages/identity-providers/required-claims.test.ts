import { expect, test } from 'vitest';
import { formatClaims, parseClaims } from './required-claims.ts';

test('claims are read as they are written, and a line without a value is not taken', () => {
  const claims = [
    { name: 'email_verified', value: 'true' },
    { name: 'org', value: 'a=b' },
  ];
  expect(parseClaims(formatClaims(claims))).toEqual(claims);
  expect(parseClaims('\n  email_verified = true \n')).toEqual([claims[0]]);
  expect(parseClaims('email_verified')).toBeUndefined();
});
