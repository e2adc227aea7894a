import { expect, test } from 'vitest';
import { planRetry, planToken } from './token-schedule.ts';

const NOW = 1_800_000_000_000;

test.each([0, 0.5, 1])('a token is renewed well before it ends, and not with all others (%s)', (chance) => {
  const { expiresAt, refreshAt } = planToken(3_600, true, NOW, chance);
  expect(expiresAt!.getTime()).toBe(NOW + 3_600_000);
  expect(refreshAt!.getTime()).toBeGreaterThanOrEqual(NOW + 0.7 * 3_600_000);
  expect(refreshAt!.getTime()).toBeLessThanOrEqual(NOW + 0.85 * 3_600_000);
});

test('what cannot be renewed is not', () => {
  expect(planToken(3_600, false, NOW, 0)).toEqual({ expiresAt: new Date(NOW + 3_600_000), refreshAt: null });
});

test.each([undefined, 0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e18])('a lifetime of %s is none', (lifetime) => {
  expect(planToken(lifetime, true, NOW, 0)).toEqual({ expiresAt: null, refreshAt: null });
});

test('pauses grow to a limit', () => {
  expect([0, 1, 2, 10, 1_000].map(planRetry)).toEqual([1_000, 2_000, 4_000, 60_000, 60_000]);
});
