import { describe, expect, it } from 'vitest';
import { RedisKeys } from './redis-keys.ts';

const keys = new RedisKeys('eu');
const all = [
  keys.revision(),
  keys.manifest(7),
  keys.delta(7),
  keys.document('abc'),
  keys.changed(),
  keys.endedSession('abc'),
  keys.upstreamToken('con_1'),
  keys.limitRate('lim_1'),
  keys.limitSlots('lim_1'),
  keys.gateways(),
];
const traffic = [keys.trafficEvents(3), keys.trafficBytes(3)];

describe('RedisKeys', () => {
  it('puts everything of a gateway into one slot of a cluster', () => {
    for (const key of all) expect(/\{([^}]+)\}/.exec(key)?.[1]).toBe('sluice:eu');
  });

  it('keeps what belongs together of the reports in one slot, and each shard in its own', () => {
    for (const key of traffic) expect(/\{([^}]+)\}/.exec(key)?.[1]).toBe('sluice:eu:traffic-3');
    expect(keys.trafficEvents(2)).not.toBe(keys.trafficEvents(3));
  });

  it('has a name of its own for everything', () => {
    const others = [keys.manifest(8), keys.delta(8), keys.document('abd'), new RedisKeys('us').revision()];
    expect(new Set([...all, ...others]).size).toBe(all.length + others.length);
  });

  it('never changes: both planes of two versions meet in these names', () => {
    expect([...all, ...traffic]).toEqual([
      '{sluice:eu}:revision',
      '{sluice:eu}:manifest:7',
      '{sluice:eu}:delta:7',
      '{sluice:eu}:document:abc',
      '{sluice:eu}:changed',
      '{sluice:eu}:ended-session:abc',
      '{sluice:eu}:upstream-token:con_1',
      '{sluice:eu}:limit-rate:lim_1',
      '{sluice:eu}:limit-slots:lim_1',
      '{sluice:eu}:gateways',
      '{sluice:eu:traffic-3}:events',
      '{sluice:eu:traffic-3}:bytes',
    ]);
  });
});
