import { expect, it } from 'vitest';
import { systemClock } from './clock.ts';

it('the system clock says the time of day', () => {
  expect(Math.abs(systemClock.nowMs() - Date.now())).toBeLessThan(1_000);
});
