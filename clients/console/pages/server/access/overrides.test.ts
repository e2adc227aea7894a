import { expect, test } from 'vitest';
import { toOverrides } from './overrides.ts';

const ann = { access: 'DENY', user: { id: 'ann' } } as const;

test('an exception is there only for whoever is one', () => {
  expect(toOverrides([], 'ALLOW', 'bob', 'DENY')).toEqual([{ userId: 'bob', access: 'DENY' }]);
  expect(toOverrides([ann], 'ALLOW', 'ann', 'ALLOW')).toEqual([]);
  expect(toOverrides([ann], 'DENY', 'bob', 'ALLOW')).toEqual([
    { userId: 'ann', access: 'DENY' },
    { userId: 'bob', access: 'ALLOW' },
  ]);
});
