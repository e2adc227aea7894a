import { describe, expect, it } from 'vitest';
import { PeerDirectory } from './peer-directory.ts';

const NOW = 1_800_000_000_000;

function report(changes: object = {}): string {
  const facts = { revision: 1, appliedAtMs: 1, source: 'REDIS', refused: null };
  return JSON.stringify({
    id: 'dp_1',
    host: 'h',
    version: '1',
    startedAtMs: 1,
    reportedAtMs: NOW,
    peerUrl: 'http://10.0.0.1:7',
    ...facts,
    ...changes,
  });
}

describe('PeerDirectory', () => {
  it('finds a process by its report, and does not ask again at once', async () => {
    let reads = 0;
    const directory = new PeerDirectory(async () => {
      reads++;
      return report();
    });
    expect(await directory.findAddress('dp_1', NOW)).toEqual({ kind: 'found', url: 'http://10.0.0.1:7' });
    await directory.findAddress('dp_1', NOW + 1_000);
    expect(reads).toBe(1);
    await directory.findAddress('dp_1', NOW + 2_000);
    expect(reads).toBe(2);
  });

  it.each([
    ['that has no report', null],
    ['whose report is old', report({ reportedAtMs: NOW - 7_001 })],
    ['that nobody can reach', report({ peerUrl: undefined })],
    ['whose report is of another form', JSON.stringify({ id: 'dp_1' })],
  ])('knows that a process is gone %s', async (_case, text) => {
    expect(await new PeerDirectory(async () => text).findAddress('dp_1', NOW)).toEqual({ kind: 'gone' });
  });

  it('goes on with what it knew while Redis is away, and says so where it knew nothing', async () => {
    let isAway = false;
    const directory = new PeerDirectory(async () => {
      if (isAway) throw new Error('away');
      return report();
    });
    await directory.findAddress('dp_1', NOW);
    isAway = true;
    expect(await directory.findAddress('dp_1', NOW + 60_000)).toMatchObject({ kind: 'found' });
    expect(await directory.findAddress('dp_2', NOW + 60_000)).toEqual({ kind: 'unknown' });
  });
});
