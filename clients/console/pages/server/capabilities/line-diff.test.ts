import { expect, test } from 'vitest';
import { diffLines } from './line-diff.ts';

function show(before: string, after: string): string[] {
  return diffLines(before, after).map(({ kind, text }) => `${{ same: ' ', removed: '-', added: '+' }[kind]}${text}`);
}

test('shows what is gone and what came, and leaves alone what stayed', () => {
  expect(show('a\nb\nc', 'a\nx\nc')).toEqual([' a', '-b', '+x', ' c']);
  expect(show('a\nb', 'a\nb')).toEqual([' a', ' b']);
  expect(show('', 'a')).toEqual(['+a']);
  expect(show('a\nb\nc\nd', 'b\nd\ne')).toEqual(['-a', ' b', '-c', ' d', '+e']);
});

test('does not compare what is too long', () => {
  const long = Array.from({ length: 700 }, (_, line) => `line ${line}`).join('\n');
  expect(diffLines(long, long)).toHaveLength(1_400);
});
