import { expect, test } from 'vitest';
import { Interruption } from './interruption.ts';

test('the first wish stops; the same wish again, passed on by npm, does not hurry', async () => {
  let hurried = 0;
  const interruption = new Interruption(() => (hurried += 1));
  interruption.note(1_000);
  interruption.note(1_020);
  await interruption.asked;
  expect(hurried).toBe(0);
});

test('a second wish later on hurries', () => {
  let hurried = 0;
  const interruption = new Interruption(() => (hurried += 1));
  interruption.note(1_000);
  interruption.note(3_000);
  expect(hurried).toBe(1);
});
