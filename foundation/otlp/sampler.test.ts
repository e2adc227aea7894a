import { describe, expect, it } from 'vitest';
import { makeTraceId } from '../trace-context.ts';
import { openSampler } from './sampler.ts';

const ID = 'f'.repeat(20) + '800000000000';

describe('openSampler', () => {
  it.each([
    ['always_on', 0, [true, true, true]],
    ['always_off', 1, [false, false, false]],
    ['traceidratio', 1, [true, true, true]],
    ['traceidratio', 0.5, [false, false, false]],
    ['traceidratio', 0.51, [true, true, true]],
    ['parentbased_always_on', 0, [true, true, false]],
    ['parentbased_always_off', 1, [false, true, false]],
    ['parentbased_traceidratio', 0.51, [true, true, false]],
    ['parentbased_traceidratio', 0.5, [false, true, false]],
  ] as const)('%s of %d: without a parent, with one that records, with one that does not', (name, ratio, expected) => {
    const sampler = openSampler({ name, ratio });
    expect([undefined, true, false].map((parent) => sampler(ID, parent))).toEqual(expected);
  });

  it('records about its share', () => {
    const sampler = openSampler({ name: 'traceidratio', ratio: 0.1 });
    const recorded = Array.from({ length: 20_000 }, makeTraceId).filter((id) => sampler(id, undefined)).length;
    expect(recorded).toBeGreaterThan(1_700);
    expect(recorded).toBeLessThan(2_300);
  });
});
