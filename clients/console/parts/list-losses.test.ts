import { expect, test } from 'vitest';
import { listLosses } from './list-losses.ts';

const list = (count: number, hasNextPage = false) => ({ nodes: Array.from({ length: count }), pageInfo: { hasNextPage } });

test('what is lost is said by its number, and what there is none of is not said', () => {
  expect(listLosses({ keys: list(1), rules: 2, connections: list(0), clients: undefined })).toBe('1 key and 2 rules');
  expect(listLosses({ memberships: 3, servers: list(100, true), keys: 1 })).toBe(
    '3 memberships, the access to 100 or more servers and 1 key',
  );
  expect(listLosses({ keys: 0, rules: list(0) })).toBeUndefined();
});
