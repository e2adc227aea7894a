// `npm run traffic-ingest`: how many events a second a control plane writes into the log. The events wait in Redis when the first of them
// is read, as after an outage, so that nothing but reading and writing is measured. Arguments: `-- --events 300000`.
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { startRedisProcess } from '../../bench/hub/redis-process.ts';
import { killChildren } from '../../bench/measure/child.ts';
import { describeMachine, readMachine } from '../../bench/report/machine.ts';
import { startControlPlane } from '../../bench/targets/control-plane.ts';
import { parseRedisAddress } from '../../contract/redis-address.ts';
import { RedisKeys } from '../../contract/redis-keys.ts';
import { encodeTrafficEvent, toTrafficShard, TRAFFIC_SHARDS } from '../../contract/traffic-event.ts';
import { migrateDatabase } from '../../control-plane/database/migrate-database.ts';
import { openReportingClient } from '../../data-plane/snapshot/open-redis.ts';
import { RedisTrafficStream } from '../../data-plane/telemetry/traffic/redis-traffic-stream.ts';
import type { TrafficBatch } from '../../data-plane/telemetry/traffic/traffic-batch.ts';
import { createDatabase } from '../support/postgres-admin.ts';
import { SharedPostgres } from '../support/shared-postgres.ts';

const { values } = parseArgs({ options: { events: { type: 'string', default: '300000' } } });
const events = Number(values.events);

/** As many as a busy data plane reports at a time. */
const EVENTS_PER_BATCH = 100;
const BATCHES_AT_ONCE = 100;
const STREAM_BYTES = 4 * 1024 ** 3;

const folder = await mkdtemp(path.join(tmpdir(), 'sluice-traffic-ingest-'));
process.once('exit', killChildren);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
const postgres = new SharedPostgres();
const redis = await startRedisProcess(folder);
try {
  const { url: databaseUrl } = await createDatabase(await postgres.start());
  process.stdout.write(`npm run traffic-ingest -- --events ${events}\n${describeMachine(readMachine())}\n`);
  const gateway = `traffic-ingest-${randomBytes(4).toString('hex')}`;
  await migrateDatabase(databaseUrl);
  const bytes = await report(gateway, redis.url);
  const { child } = await startControlPlane({ folder, entry: 'dist/control-plane/main.js', databaseUrl, redisUrl: redis.url, gateway });
  const { seconds, written } = await measureWriting(databaseUrl);
  process.stdout.write(
    `${written} events of ${bytes} bytes on average in ${seconds.toFixed(1)} s: ${Math.round(written / seconds)} a second\n`,
  );
  await child.stop();
} finally {
  await postgres.stop();
  await redis.stop();
  await rm(folder, { recursive: true, force: true });
}

/** Four processes report, one to each stream. Returns how many bytes an event has. */
async function report(gateway: string, url: string): Promise<number> {
  const client = openReportingClient(parseRedisAddress(url));
  await new Promise<void>((resolve) => client.once('ready', resolve));
  const stream = new RedisTrafficStream(client, new RedisKeys(gateway), STREAM_BYTES);
  const processes = Array.from({ length: TRAFFIC_SHARDS }, (_, shard) => findProcess(shard));
  let bytes = 0;
  for (let first = 0; first < events / TRAFFIC_SHARDS;) {
    const batches: TrafficBatch[] = [];
    for (; batches.length < BATCHES_AT_ONCE && first < events / TRAFFIC_SHARDS; first += EVENTS_PER_BATCH)
      for (const id of processes) batches.push(batchOf(id, first));
    bytes += batches.reduce((sum, { lines }) => sum + lines.length, 0);
    if ((await stream.add(batches)).some((outcome) => outcome !== 'added')) throw new Error('Redis did not take everything');
  }
  client.disconnect();
  return Math.round(bytes / events);
}

function findProcess(shard: number): string {
  for (;;) {
    const id = `dp_${randomUUID()}`;
    if (toTrafficShard(id) === shard) return id;
  }
}

function batchOf(gatewayId: string, first: number): TrafficBatch {
  const count = Math.min(EVENTS_PER_BATCH, events / TRAFFIC_SHARDS - first);
  const lines = Array.from({ length: count }, (_, i) => `${toLine(first + i)}\n`).join('');
  return { gatewayId, count, lines: Buffer.from(lines) };
}

/** A call of one of 200 people to one of 50 servers, with everything that the log has an index of. */
function toLine(sequence: number): string {
  const [person, server] = [sequence % 200, (sequence * 7) % 50];
  return encodeTrafficEvent({
    sequence, timeMs: Date.now(), kind: 'REQUEST', outcome: sequence % 50 === 0 ? 'ERROR' : 'COMPLETED', organizationId: 'org_measured',
    workspaceId: `ws_measured${person % 20}`, serverId: `mcps_measured${server}`, grantId: `grant_measured${server}`, callerKind: 'API_KEY',
    userId: `usr_measured${person}`, keyId: `key_measured${person}`, clientName: `program-${person % 6}`, clientVersion: '1.0.0', era: 'LEGACY',
    protocolRevision: '2025-11-25', sessionId: `session-of-${String(Math.floor(sequence / 40)).padStart(10, '0')}`, httpMethod: 'POST',
    method: 'tools/call', capabilityKind: 'TOOL', capabilityName: `tool_${server}_${sequence % 12}`, status: 200, decision: 'ALLOWED',
    decidedBy: 'grant', ruleLevel: 'WORKSPACE', snapshotRevision: 1_000, connectionId: `con_measured${server}`, upstreamMs: sequence % 90,
    totalMs: 1 + (sequence % 90), requestBytes: 200 + (sequence % 2_000), responseBytes: 500 + (sequence % 20_000),
    traceId: randomBytes(16).toString('hex'), spanId: randomBytes(8).toString('hex'),
  }); // prettier-ignore
}

/** From the first event in the log to the last. */
async function measureWriting(databaseUrl: string): Promise<{ readonly seconds: number; readonly written: number }> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  const readWritten = async () => (await client.query<{ n: number }>('SELECT count(*)::int AS n FROM traffic_events')).rows[0]!.n;
  let before = 0;
  while ((before = await readWritten()) === 0) await setTimeout(20);
  const startedAt = performance.now();
  while ((await readWritten()) < events) await setTimeout(500);
  await client.end();
  return { seconds: (performance.now() - startedAt) / 1_000, written: events - before };
}
