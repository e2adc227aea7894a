import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HeadDeadlines, type HeadWaiter } from './head-deadlines.ts';

class Waiter implements HeadWaiter {
  readonly headDueAtMs: number;
  waitingAt = -1;
  overdue = 0;

  constructor(inMs: number) {
    this.headDueAtMs = Date.now() + inMs;
  }

  onHeadOverdue(): void {
    this.overdue++;
  }
}

describe('HeadDeadlines', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('finds a late head once, within a quarter of a second', () => {
    const deadlines = new HeadDeadlines();
    const waiter = new Waiter(1_000);
    deadlines.add(waiter);
    vi.advanceTimersByTime(999);
    expect(waiter.overdue).toBe(0);
    vi.advanceTimersByTime(251);
    expect(waiter.overdue).toBe(1);
    vi.advanceTimersByTime(10_000);
    expect(waiter.overdue).toBe(1);
  });

  it('does not look for a head that came', () => {
    const deadlines = new HeadDeadlines();
    const [came, late] = [new Waiter(1_000), new Waiter(1_000)];
    deadlines.add(came);
    deadlines.add(late);
    deadlines.delete(came);
    vi.advanceTimersByTime(2_000);
    expect([came.overdue, late.overdue]).toEqual([0, 1]);
  });

  it('keeps apart who came and who is late, whatever the order they leave in', () => {
    const deadlines = new HeadDeadlines();
    const waiters = Array.from({ length: 6 }, (_, index) => new Waiter(index % 2 === 0 ? 1_000 : 60_000));
    for (const waiter of waiters) deadlines.add(waiter);
    deadlines.delete(waiters[2]!);
    deadlines.delete(waiters[2]!);
    deadlines.delete(waiters[5]!);
    vi.advanceTimersByTime(2_000);
    expect(waiters.map(({ overdue }) => overdue)).toEqual([1, 0, 0, 0, 1, 0]);
    vi.advanceTimersByTime(60_000);
    expect(waiters.map(({ overdue }) => overdue)).toEqual([1, 1, 0, 1, 1, 0]);
  });
});
