import { expect, test } from 'vitest';
import { toHours, toLastDay } from './hours.ts';

test('the last day ends with the present hour, and hours without calls are empty', () => {
  const { since, until } = toLastDay(Date.parse('2026-11-30T03:27:00Z'));
  expect([since, until]).toEqual(['2026-11-29T04:00:00.000Z', '2026-11-30T04:00:00.000Z']);
  const hours = toHours(since, [{ start: '2026-11-30T03:00:00.000Z', calls: 3, errors: 1, refusals: 0 }]);
  expect(hours).toHaveLength(24);
  expect(hours[23]).toEqual({ start: '2026-11-30T03:00:00.000Z', calls: 3, errors: 1, refusals: 0 });
  expect(hours[0]).toEqual({ start: since, calls: 0, errors: 0, refusals: 0 });
});
