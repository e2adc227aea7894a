import { describe, expect, it } from 'vitest';
import { CircuitBreakers } from './circuit-breaker.ts';

const SETTINGS = { failures: 3, openMs: 10_000 };

function failing(times: number, nowMs = 0): CircuitBreakers {
  const breakers = new CircuitBreakers();
  for (let i = 0; i < times; i++) breakers.noteFailure('server', SETTINGS, nowMs);
  return breakers;
}

describe('CircuitBreakers', () => {
  it('refuses calls after failures in a row, and says for how long', () => {
    expect(failing(2).admit('server', 0)).toEqual({ kind: 'admitted' });
    expect(failing(3).admit('server', 4_000)).toEqual({ kind: 'refused', retryAfterMs: 6_000 });
    expect(failing(3).admit('another', 0)).toEqual({ kind: 'admitted' });
  });

  it('starts to count anew with every answer', () => {
    const breakers = failing(2);
    breakers.noteAnswer('server');
    breakers.noteFailure('server', SETTINGS, 0);
    expect(breakers.admit('server', 0)).toEqual({ kind: 'admitted' });
  });

  it('lets one call through when the time is up, and closes with its answer', () => {
    const breakers = failing(3);
    expect(breakers.admit('server', 10_000)).toEqual({ kind: 'trial' });
    expect(breakers.admit('server', 10_001).kind).toBe('refused');
    breakers.noteAnswer('server');
    expect(breakers.admit('server', 10_002)).toEqual({ kind: 'admitted' });
    expect(breakers.countOpen(10_002)).toBe(0);
  });

  it('opens again when the trial fails', () => {
    const breakers = failing(3);
    breakers.admit('server', 10_000);
    breakers.noteFailure('server', SETTINGS, 10_500);
    expect(breakers.admit('server', 11_000)).toEqual({ kind: 'refused', retryAfterMs: 9_500 });
  });

  it('does not wait for ever for a trial that never ends or whose client left', () => {
    const left = failing(3);
    left.admit('server', 10_000);
    left.abandonTrial('server');
    expect(left.admit('server', 10_001)).toEqual({ kind: 'trial' });
    const silent = failing(3);
    silent.admit('server', 10_000);
    expect(silent.admit('server', 40_000)).toEqual({ kind: 'trial' });
  });

  it('can be turned off', () => {
    const breakers = new CircuitBreakers();
    for (let i = 0; i < 50; i++) breakers.noteFailure('server', { ...SETTINGS, failures: 0 }, 0);
    expect(breakers.admit('server', 0)).toEqual({ kind: 'admitted' });
  });
});
