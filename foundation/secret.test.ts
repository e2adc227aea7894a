import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { Secret } from './secret.ts';

const secret = new Secret('hunter2');

it('a secret says its value to whoever asks for it by name', () => {
  expect(secret.reveal()).toBe('hunter2');
});

it('a secret cannot be printed by accident', () => {
  for (const printed of [
    secret.toString(),
    JSON.stringify({ secret }),
    inspect({ secret }),
    inspect(secret, { showHidden: true }),
    String(secret),
  ]) {
    expect(printed).toContain('[secret]');
    expect(printed).not.toContain('hunter2');
  }
  expect(Object.entries(secret)).toEqual([]);
});
