import { expect, test } from 'vitest';
import { findSigningKey, NOTICE_MS, planRotation } from './plan-rotation.ts';

const DAY_MS = 24 * 60 * 60_000;

test('the first key signs at once', () => {
  expect(planRotation([], 5)).toEqual({ nextSignsFromMs: 5, retired: [] });
});

test('a young key is left alone', () => {
  expect(planRotation([{ kid: 'a', signsFromMs: 0 }], 10 * DAY_MS)).toEqual({ nextSignsFromMs: undefined, retired: [] });
});

test('the next key is made before it signs, and only once', () => {
  const first = { kid: 'a', signsFromMs: 0 };
  const nowMs = 90 * DAY_MS - NOTICE_MS;
  const { nextSignsFromMs } = planRotation([first], nowMs);
  expect(nextSignsFromMs).toBe(90 * DAY_MS);
  const keys = [{ kid: 'b', signsFromMs: nextSignsFromMs! }, first];
  expect(planRotation(keys, nowMs + 1)).toEqual({ nextSignsFromMs: undefined, retired: [] });
  expect(findSigningKey(keys, nowMs + 1)?.kid).toBe('a');
  expect(findSigningKey(keys, nextSignsFromMs!)?.kid).toBe('b');
});

test('after a long time without anybody to look, the next key still waits until all know it', () => {
  expect(planRotation([{ kid: 'a', signsFromMs: 0 }], 200 * DAY_MS).nextSignsFromMs).toBe(200 * DAY_MS + NOTICE_MS);
});

test('a key goes when no token lives that it signed', () => {
  const keys = [
    { kid: 'a', signsFromMs: 0 },
    { kid: 'b', signsFromMs: 90 * DAY_MS },
  ];
  expect(planRotation(keys, 90 * DAY_MS + 60 * 60_000).retired).toEqual([]);
  expect(planRotation(keys, 91 * DAY_MS).retired).toEqual(['a']);
});
