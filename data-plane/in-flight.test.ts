import { describe, expect, it } from 'vitest';
import { InFlight } from './in-flight.ts';

describe('InFlight', () => {
  it('keeps entries by key, in the order they came', () => {
    const calls = new InFlight<number | string, string>();
    calls.set(1, 'a');
    calls.set('1', 'b');
    calls.set(2, 'c');
    calls.set(1, 'd');
    expect([calls.size, calls.get(1), calls.get('1'), calls.has(3), calls.get(3)]).toEqual([3, 'd', 'b', false, undefined]);
    expect([calls.delete(1), calls.delete(1), calls.values()]).toEqual([true, false, ['b', 'c']]);
  });

  it('can be emptied by whoever goes through it', () => {
    const calls = new InFlight<number, string>();
    for (let id = 0; id < 5; id++) calls.set(id, `call ${id}`);
    for (const id of calls.keys()) calls.delete(id);
    expect(calls.size).toBe(0);
  });
});
