import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Progress } from './progress.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test('a step that takes long says that it goes on, and then that it is done', async () => {
  const lines: string[] = [];
  const work = Promise.withResolvers<number>();
  const step = new Progress((text) => lines.push(text)).step('PostgreSQL', () => work.promise, (port) => `on port ${port}`); // prettier-ignore
  await vi.advanceTimersByTimeAsync(4_500);
  work.resolve(5_432);
  expect(await step).toBe(5_432);
  expect(lines).toEqual([
    '  PostgreSQL     under way (2.0 s)\n',
    '  PostgreSQL     under way (4.0 s)\n',
    '  PostgreSQL     on port 5432 (4.5 s)\n',
  ]);
});

test('a step that fails stops counting and passes the failure on', async () => {
  const lines: string[] = [];
  const step = new Progress((text) => lines.push(text)).step('Redis', () => Promise.reject(new Error('no')));
  await expect(step).rejects.toThrow('no');
  await vi.advanceTimersByTimeAsync(10_000);
  expect(lines).toEqual([]);
});
