import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parseRedisAddress } from '../../../contract/redis-address.ts';
import { RedisKeys } from '../../../contract/redis-keys.ts';
import { encodeTrafficEvent, toTrafficShard } from '../../../contract/traffic-event.ts';
import { openRedis, type RedisClient } from '../../../control-plane/snapshots/index.ts';
import { NO_EXPORT, openObservation } from '../../../control-plane/telemetry/index.ts';
import { TrafficIngest } from '../../../control-plane/traffic/ingest/traffic-ingest.ts';
import { TrafficStreams } from '../../../control-plane/traffic/ingest/traffic-streams.ts';
import { TrafficUpkeep } from '../../../control-plane/traffic/ingest/traffic-upkeep.ts';
import { listTrafficPartitions } from '../../../control-plane/traffic/traffic-partitions.ts';
import { openReportingClient } from '../../../data-plane/snapshot/open-redis.ts';
import { RedisTrafficStream } from '../../../data-plane/telemetry/traffic/redis-traffic-stream.ts';
import type { TrafficBatch } from '../../../data-plane/telemetry/traffic/traffic-batch.ts';
import { openLogger } from '../../../foundation/logger.ts';
import { eventually } from '../../support/eventually.ts';
import type { TestDatabase } from '../../support/postgres-admin.ts';
import { createTestDatabase } from '../../support/test-database.ts';
import { startTestCluster, startTestRedis, type TestRedis } from '../../support/test-redis.ts';

const logger = openLogger({ service: 'control-plane', level: 'silent' });
const clock = { nowMs: () => Date.now() };
const DAY_MS = 86_400_000;
const RETENTION_MS = 30 * DAY_MS;

let database: TestDatabase;
let sql: Client;
let keys: RedisKeys;
let shared: RedisClient;
let reporting: RedisClient;
/** What looks at the keys from outside. */
let raw: Redis;
const running: TrafficIngest[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  sql = new Client({ connectionString: database.url });
  await sql.connect();
});
afterEach(async () => {
  for (const ingest of running.splice(0)) await ingest.stop();
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});

const newProcess = () => `dp_${randomUUID()}`;

function batchOf(gatewayId: string, first: number, count: number, timeMs = Date.now()): TrafficBatch {
  const lines = Array.from({ length: count }, (_, i) => {
    return encodeTrafficEvent({ sequence: first + i, timeMs, kind: 'REQUEST', outcome: 'COMPLETED', organizationId: 'org_1' });
  });
  return { gatewayId, count, lines: Buffer.from(lines.map((line) => `${line}\n`).join('')) };
}

function streamOf(maxBytes = 64 * 1024 * 1024): RedisTrafficStream {
  return new RedisTrafficStream(reporting, keys, maxBytes);
}

function startIngest(claimIdleMs = 60_000): TrafficIngest {
  const streams = new TrafficStreams(shared, keys, `cp_${randomUUID()}`, claimIdleMs);
  const { observer } = openObservation(undefined, NO_EXPORT);
  const ingest = new TrafficIngest({
    databaseUrl: database.url,
    streams,
    retentionMs: RETENTION_MS,
    clock,
    observer,
    logger,
    claimMs: 100,
  });
  running.push(ingest);
  ingest.start();
  return ingest;
}

async function countLogged(gatewayId: string): Promise<number> {
  const { rows } = await sql.query('SELECT count(*)::int AS count FROM traffic_events WHERE gateway_id = $1', [gatewayId.slice(3)]);
  return (rows[0] as { count: number }).count;
}

async function expectDrained(gatewayId: string): Promise<void> {
  const shard = toTrafficShard(gatewayId);
  await eventually(async () => expect(await raw.xlen(keys.trafficEvents(shard))).toBe(0));
  expect(await raw.get(keys.trafficBytes(shard))).toBe('0');
}

describe.each([
  ['one Redis', startTestRedis],
  ['a cluster of Redis', startTestCluster],
])('what data planes report through %s', (_, start: () => Promise<TestRedis>) => {
  let redis: TestRedis;

  beforeAll(async () => {
    redis = await start();
    keys = new RedisKeys(redis.gateway);
    shared = await openRedis(parseRedisAddress(redis.url), logger);
    reporting = openReportingClient(parseRedisAddress(redis.url));
    if (reporting.status !== 'ready') await new Promise<void>((resolve) => reporting.once('ready', resolve));
    // Both classes have the methods used here; TypeScript cannot call the union of their overloads.
    raw = shared as Redis;
    await sql.query('TRUNCATE traffic_events, traffic_unreadable');
  });
  afterAll(async () => {
    for (const client of [shared, reporting]) client.disconnect();
    await redis.stop();
  });

  it('is written once by two control planes together, also what is delivered twice, and then gone from Redis', async () => {
    const processes = [newProcess(), newProcess(), newProcess()];
    const ingests = [startIngest(), startIngest()];
    for (const id of processes) {
      const batches = Array.from({ length: 40 }, (_, i) => batchOf(id, i * 10, 10));
      expect(new Set(await streamOf().add([...batches, batches[3]!, batches[3]!]))).toEqual(new Set(['added']));
    }
    for (const id of processes) await eventually(async () => expect(await countLogged(id)).toBe(400));
    for (const id of processes) await expectDrained(id);
    for (const id of processes) {
      const inOrder = 'SELECT array_agg(sequence::int ORDER BY occurred_at, id) AS sequences FROM traffic_events WHERE gateway_id = $1';
      const { rows } = await sql.query<{ sequences: number[] }>(inOrder, [id.slice(3)]);
      expect(rows[0]!.sequences).toEqual(Array.from({ length: 400 }, (_, i) => i));
    }
    expect(ingests.reduce((sum, { counts }) => sum + counts.written, 0)).toBe(1_200);
    expect(ingests.reduce((sum, { counts }) => sum + counts.repeated, 0)).toBe(60);
    expect(ingests.map(({ counts }) => counts.failures)).toEqual([0, 0]);
  });

  it('goes to another control plane when the one that took it is gone', async () => {
    const id = newProcess();
    await streamOf().add([batchOf(id, 0, 5)]);
    const gone = new TrafficStreams(shared, keys, 'cp_gone');
    expect(await gone.read(toTrafficShard(id), 10)).toHaveLength(1);
    startIngest(50);
    await eventually(async () => expect(await countLogged(id)).toBe(5));
    await expectDrained(id);
  });

  it('that nobody can read, or the log does not keep, is set aside, and the rest arrives', async () => {
    const id = newProcess();
    const good = batchOf(id, 0, 2);
    const lines = Buffer.concat([Buffer.from('{"i":\n'), good.lines, batchOf(id, 7, 1, Date.now() - RETENTION_MS - DAY_MS).lines]);
    await streamOf().add([
      { ...good, lines },
      { gatewayId: 'nobody', count: 1, lines: Buffer.from('{}\n') },
    ]);
    await raw.xadd(keys.trafficEvents(0), '*', 'f', '99', 'g', id, 'n', '1', 'e', '{}');
    const ingest = startIngest();
    await eventually(async () => expect(await countLogged(id)).toBe(2));
    await eventually(async () => expect(ingest.counts.unreadable).toBe(4));
    const { rows } = await sql.query('SELECT fault FROM traffic_unreadable ORDER BY fault');
    expect(rows.map((row) => (row as { fault: string }).fault)).toEqual([
      'format 99 is newer than this control plane',
      'not JSON',
      'older than the log keeps',
      'unusable fields: gatewayId, sequence, timeMs, kind, outcome',
    ]);
  });

  it('waits outside where the stream is full, and is never taken out of it to make room', async () => {
    const id = newProcess();
    const batch = batchOf(id, 0, 50);
    const stream = streamOf(batch.lines.length * 2.5 * 4);
    expect(await stream.add([batch, batchOf(id, 50, 50), batchOf(id, 100, 50)])).toEqual(['added', 'added', 'full']);
    startIngest();
    await eventually(async () => expect(await countLogged(id)).toBe(100));
    await expectDrained(id);
    expect(await stream.add([batchOf(id, 100, 50)])).toEqual(['added']);
    await eventually(async () => expect(await countLogged(id)).toBe(150));
  });

  it('was written, and Redis has lost its data before it was told so: nothing is left to remove', async () => {
    const id = newProcess();
    const shard = toTrafficShard(id);
    const streams = new TrafficStreams(shared, keys, 'cp_slow');
    await streamOf().add([batchOf(id, 0, 1)]);
    const read = await streams.read(shard, 10);
    await raw.del(keys.trafficEvents(shard), keys.trafficBytes(shard));
    await streams.remove(shard, read);
    await expectDrained(id);
  });

  it('arrives after Redis has forgotten who reads', async () => {
    const id = newProcess();
    startIngest();
    await streamOf().add([batchOf(id, 0, 1)]);
    await eventually(async () => expect(await countLogged(id)).toBe(1));
    await raw.del(keys.trafficEvents(toTrafficShard(id)), keys.trafficBytes(toTrafficShard(id)));
    await streamOf().add([batchOf(id, 1, 1)]);
    await eventually(async () => expect(await countLogged(id)).toBe(2));
  });
});

it('days are made ahead, and dropped when their time is over: captured payloads sooner', async () => {
  const upkeep = (nowMs: number) =>
    new TrafficUpkeep({
      databaseUrl: database.url,
      retentionMs: 3 * DAY_MS,
      payloadRetentionMs: DAY_MS,
      clock: { nowMs: () => nowMs },
      logger,
    });
  await upkeep(Date.now()).run();
  const made = await listTrafficPartitions(sql);
  expect(made.filter(({ table, startMs }) => table === 'traffic_events' && startMs > Date.now())).toHaveLength(3);
  await upkeep(Date.now() + 3 * DAY_MS).run();
  const left = await listTrafficPartitions(sql);
  const oldest = (table: string) => left.find((partition) => partition.table === table)!.startMs;
  expect(oldest('traffic_events')).toBeLessThan(oldest('traffic_payloads'));
  expect(Math.floor((Date.now() + 2 * DAY_MS) / DAY_MS) * DAY_MS).toBe(oldest('traffic_payloads'));
});
