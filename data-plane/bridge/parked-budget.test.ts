import { expect, it } from 'vitest';
import { ParkedBudget } from './parked-budget.ts';

it('has room for so many calls and so many bytes, and for others once some are released', () => {
  const budget = new ParkedBudget(2, 100);
  expect([budget.take(60), budget.take(60), budget.take(40), budget.take(0)]).toEqual([true, false, true, false]);
  budget.release(60);
  expect(budget.size).toBe(1);
  expect(budget.take(60)).toBe(true);
});
