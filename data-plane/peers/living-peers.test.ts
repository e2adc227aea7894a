import { describe, expect, it } from 'vitest';
import { chooseOwner, LivingPeers } from './living-peers.ts';

const NOW = 1_800_000_000_000;
const KEYS = Array.from({ length: 3_000 }, (_, i) => `key ${i}`);

function report(changes: object = {}): string {
  const facts = { revision: 1, appliedAtMs: 1, source: 'REDIS', refused: null };
  return JSON.stringify({
    id: 'dp',
    host: 'h',
    version: '1',
    startedAtMs: 1,
    reportedAtMs: NOW,
    peerUrl: 'http://10.0.0.1:7',
    ...facts,
    ...changes,
  });
}

describe('the processes that live', () => {
  it('are those with a recent report that can be reached, read once for many who ask', async () => {
    let reads = 0;
    const peers = new LivingPeers(async () => {
      reads++;
      return { a: report(), b: report({ reportedAtMs: NOW - 7_001 }), c: report({ peerUrl: undefined }), d: '{}', e: report() };
    });
    const asked = await Promise.all([peers.list(NOW), peers.list(NOW), peers.list(NOW + 1_000)]);
    expect(asked).toEqual([['a', 'e'], ['a', 'e'], ['a', 'e']]); // prettier-ignore
    expect(reads).toBe(1);
  });

  it('are those known last while Redis is away', async () => {
    let isAway = false;
    const peers = new LivingPeers(async () => {
      if (isAway) throw new Error('away');
      return { a: report() };
    });
    expect(await peers.list(NOW)).toEqual(['a']);
    isAway = true;
    expect(await peers.list(NOW + 60_000)).toEqual(['a']);
  });
});

describe('an owner', () => {
  it('is the same in whichever order the processes are known', () => {
    for (const key of KEYS.slice(0, 50)) expect(chooseOwner(key, ['a', 'b', 'c'])).toBe(chooseOwner(key, ['c', 'a', 'b']));
    expect(chooseOwner('key', [])).toBeUndefined();
  });

  it('has its fair share, and only that moves when it goes', () => {
    const before = KEYS.map((key) => chooseOwner(key, ['a', 'b', 'c']));
    const after = KEYS.map((key) => chooseOwner(key, ['a', 'b']));
    const share = before.filter((owner) => owner === 'c').length;
    expect(share).toBeGreaterThan(800);
    expect(share).toBeLessThan(1_200);
    expect(before.every((owner, i) => owner === 'c' || owner === after[i])).toBe(true);
  });
});
