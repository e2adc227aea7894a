import { describe, expect, it } from 'vitest';
import { compareBridged, compareResults, compareWithBaseline } from './compare.ts';
import type { Check } from './official-suite.ts';

const passed: Check = { id: 'ping', status: 'SUCCESS' };
const failed: Check = { id: 'ping', status: 'FAILURE', errorMessage: 'no answer' };
const noted: Check = { id: 'incoming-response', status: 'INFO' };

describe('compareResults', () => {
  it('finds nothing where every check ends alike, whatever traffic was noted', () => {
    expect(compareResults(new Map([['ping', [passed, noted]]]), new Map([['ping', [passed]]]))).toEqual([]);
  });

  it('finds a check that ends otherwise, is missing, is additional or is repeated less often', () => {
    const direct = new Map([['ping', [passed, passed]]]);
    for (const checks of [[failed, passed], [], [passed, passed, failed], [passed]]) {
      expect(compareResults(direct, new Map([['ping', checks]])), JSON.stringify(checks)).not.toEqual([]);
    }
  });

  it('finds a scenario that was run only once', () => {
    const both = new Map([['ping', [passed]]]);
    expect(compareResults(both, new Map())).toHaveLength(1);
    expect(compareResults(new Map(), both)).toHaveLength(1);
  });

  it('also finds a check that only fails directly: the gateway must not repair what it does not understand', () => {
    expect(compareResults(new Map([['ping', [failed]]]), new Map([['ping', [passed]]]))).toHaveLength(2);
  });
});

describe('compareBridged', () => {
  const direct = new Map([['ping', [passed]]]);

  it('allows the difference that is expected, and no other', () => {
    expect(compareBridged(direct, new Map([['ping', [failed]]]), () => ({ passed: 0, failed: 1 }))).toEqual([]);
    expect(compareBridged(direct, new Map([['ping', [failed]]]), () => undefined)).toHaveLength(1);
    expect(compareBridged(direct, new Map(), () => undefined)).toHaveLength(1);
  });

  it('finds an expected difference that is gone', () => {
    expect(compareBridged(direct, direct, () => undefined)).toEqual([]);
    expect(compareBridged(direct, direct, () => ({ passed: 0, failed: 1 }))).toHaveLength(1);
  });
});

describe('compareWithBaseline', () => {
  it('finds scenarios that pass less, fail more, or were not run', () => {
    const baseline = new Map([['ping', { passed: 1, failed: 0 }]]);
    expect(compareWithBaseline(new Map([['ping', [passed, noted]]]), baseline)).toEqual([]);
    expect(compareWithBaseline(new Map([['ping', [noted]]]), baseline)).toHaveLength(1);
    expect(compareWithBaseline(new Map([['ping', [passed, failed]]]), baseline)).toHaveLength(1);
    expect(compareWithBaseline(new Map(), baseline)).toHaveLength(1);
  });
});
