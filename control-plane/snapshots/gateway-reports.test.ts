import { beforeEach, describe, expect, it } from 'vitest';
import { REPORT_EXPIRY_MS, REPORT_INTERVAL_MS, type GatewayReport } from '../../contract/gateway-report.ts';
import { RedisKeys } from '../../contract/redis-keys.ts';
import { GatewayReports } from './gateway-reports.ts';
import type { RedisClient } from './open-redis.ts';

const HOUR_MS = 3_600_000;

describe('GatewayReports', () => {
  let nowMs: number;
  let stored: Map<string, string>;
  let reports: GatewayReports;

  beforeEach(() => {
    nowMs = 1_800_000_000_000;
    stored = new Map();
    const redis = {
      hgetall: async () => Object.fromEntries(stored),
      hdel: async (_key: string, ...ids: string[]) => ids.filter((id) => stored.delete(id)).length,
    };
    reports = new GatewayReports(redis as unknown as RedisClient, new RedisKeys('test'), { nowMs: () => nowMs });
  });

  it('lists a process until it has been silent for too long', async () => {
    report('dp-1', { reportedAtMs: nowMs });
    expect(await listIds()).toEqual(['dp-1']);
    nowMs += REPORT_EXPIRY_MS;
    expect(await listIds()).toEqual(['dp-1']);
    nowMs += 1;
    expect(await listIds()).toEqual([]);
  });

  it('does not list what a process left behind long ago', async () => {
    report('dp-1', { reportedAtMs: nowMs - REPORT_EXPIRY_MS - 1 });
    expect(await listIds()).toEqual([]);
  });

  it.each([-HOUR_MS, HOUR_MS])('lists a living process whose clock is off by %i ms', async (skewMs) => {
    report('dp-1', { reportedAtMs: nowMs + skewMs });
    await listIds();
    nowMs += REPORT_INTERVAL_MS;
    report('dp-1', { reportedAtMs: nowMs + skewMs });
    expect(await listIds()).toEqual(['dp-1']);
    nowMs += REPORT_EXPIRY_MS + 1;
    expect(await listIds()).toEqual([]);
  });

  it('knows the highest revision, also of a process that went silent', async () => {
    expect(await reports.readHighestRevision()).toBe(-1);
    report('dp-1', { reportedAtMs: nowMs, revision: 3 });
    report('dp-2', { reportedAtMs: 0, revision: 8 });
    report('dp-3', { reportedAtMs: nowMs, revision: null });
    expect(await reports.readHighestRevision()).toBe(8);
  });

  it('skips what is no report', async () => {
    stored.set('dp-1', 'not json').set('dp-2', '{"id":"dp-2"}');
    report('dp-3', { reportedAtMs: nowMs });
    expect(await listIds()).toEqual(['dp-3']);
  });

  it('removes a report that stayed the same for long', async () => {
    report('dp-1', { reportedAtMs: nowMs });
    await listIds();
    nowMs += HOUR_MS;
    report('dp-2', { reportedAtMs: nowMs });
    await reports.refresh();
    expect([...stored.keys()]).toEqual(['dp-2']);
  });

  function report(id: string, rest: Partial<GatewayReport>): void {
    const base: GatewayReport = {
      id,
      host: 'host',
      version: '0.1.0',
      startedAtMs: 0,
      reportedAtMs: 0,
      revision: 1,
      appliedAtMs: 0,
      source: 'REDIS',
      refused: null,
    };
    stored.set(id, JSON.stringify({ ...base, ...rest }));
  }

  async function listIds(): Promise<string[]> {
    return (await reports.listLive()).map(({ id }) => id);
  }
});
