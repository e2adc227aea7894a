// npm run traffic-storm -- [--seconds 120] [--connections 8] [--spool-megabytes 256] [--stream-megabytes 256]
// Two data planes at full speed while Redis and one of two control planes are stopped, killed and started again in turn. In the end every
// event of every process is in the log once, or counted as dropped in the log; and no call failed. Small spools show the dropping.
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { toCallBody, toHttpRequest } from '../../bench/load/http-request.ts';
import { killChildren, startChild, waitForOutput } from '../../bench/measure/child.ts';
import { eventually } from '../support/eventually.ts';
import { openSession } from '../support/mcp-request.ts';
import { createDatabase } from '../support/postgres-admin.ts';
import type { PlaneProcess } from '../support/plane-process.ts';
import { SharedPostgres } from '../support/shared-postgres.ts';
import { startGateway } from '../support/start-gateway.ts';
import { World } from '../support/world.ts';
import { StormLoad } from './storm-load.ts';
import { startStormRedis } from './storm-redis.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '120' },
    connections: { type: 'string', default: '8' },
    'spool-megabytes': { type: 'string', default: '256' },
    'stream-megabytes': { type: 'string', default: '256' },
  },
});
const seconds = Number(values.seconds);
const connections = Number(values.connections);
if (!(seconds > 0) || !(connections > 0)) throw new Error('--seconds and --connections are numbers above 0.');

/** How long something is away, and how long everything is there between two outages, in milliseconds. */
const AWAY_MS = 5_000;
const THERE_MS = 5_000;

/** How long the rest may take to arrive, in milliseconds. */
const ARRIVAL_MS = 300_000;

// Whoever started something ends it on exit; a signal alone would not let them.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
process.once('exit', killChildren);

const postgres = new SharedPostgres();
const [database, redis] = await Promise.all([postgres.start().then(createDatabase), startStormRedis()]);
const gateway = await startGateway({
  databaseUrl: database.url,
  redis: { url: redis.url, gateway: 'storm' },
  replicas: 2,
  env: {
    SLUICE_ACCESS_LOG: 'off',
    SLUICE_TRAFFIC_SPOOL_MEGABYTES: values['spool-megabytes'],
    SLUICE_TRAFFIC_STREAM_MEGABYTES: values['stream-megabytes'],
  },
});
const upstream = startChild(
  [process.execPath, path.resolve(import.meta.dirname, '../../bench/upstream/run-raw-server.ts')],
  path.join(tmpdir(), 'sluice-storm-upstream.log'),
);
const [, upstreamPort] = await waitForOutput(upstream, /listening (\d+)/);
const world = await World.create(gateway);
const [key, server] = await Promise.all([world.addKey(), world.addServer({ upstreamUrl: `http://127.0.0.1:${upstreamPort}/mcp` })]);
await world.enforced();
const session = await openSession(gateway.url + server.path, key.plain);
const sql = new Client({ connectionString: database.url });
await sql.connect();

const load = new StormLoad(toHttpRequest({ method: 'POST', path: server.path, key: key.plain, session, body: toCallBody('tool') }));
let controlPlanes: PlaneProcess[] = [gateway.controlPlane, await gateway.startControlPlane()];
print(`${redis.description}.`);
print(`Two data planes, two control planes, ${connections} connections each in a closed loop, ${seconds} s.`);
try {
  await storm();
  print(`Calls: ${load.answered} answered, ${load.failed} failed.`);
  for (const [phase, calls, { p50Ms, p99Ms }] of load.summarize()) {
    print(`  ${phase}: ${calls} calls, p50 ${p50Ms.toFixed(2)} ms, p99 ${p99Ms.toFixed(2)} ms`);
  }
  process.exitCode = (await isComplete()) && load.failed === 0 ? 0 : 1;
} finally {
  await sql.end();
  await gateway.stop();
  await upstream.stop();
  await redis.close();
  await database.drop();
  await postgres.stop();
}

async function storm(): Promise<void> {
  const endMs = Date.now() + seconds * 1_000;
  load.start(gateway.dataPlanes.map(({ port }) => port), connections); // prettier-ignore
  for (let turn = 0; Date.now() < endMs; turn++) {
    await delay(THERE_MS);
    const signal = turn % 4 < 2 ? 'SIGTERM' : 'SIGKILL';
    if (turn % 2 === 0) await restartRedis(signal);
    else await restartControlPlanes(signal);
  }
  print('stopping the load');
  await load.stop();
}

async function restartRedis(signal: NodeJS.Signals): Promise<void> {
  print(`${new Date().toISOString()} Redis ${signal}, ${load.answered} calls so far`);
  load.phase = 'Redis away';
  await redis.stop(signal);
  await delay(AWAY_MS);
  await redis.start();
  load.phase = 'everything there';
}

/** First one of them, so that the other takes over; then both, so that nobody reads. */
async function restartControlPlanes(signal: NodeJS.Signals): Promise<void> {
  print(`${new Date().toISOString()} control planes ${signal}, ${load.answered} calls so far`);
  load.phase = 'control plane away';
  for (const controlPlane of controlPlanes) {
    controlPlane.kill(signal);
    await controlPlane.exited;
    await delay(AWAY_MS / 2);
  }
  controlPlanes = [await gateway.startControlPlane(), await gateway.startControlPlane()];
  load.phase = 'everything there';
}

interface ProcessInLog {
  readonly gateway_id: string;
  readonly kept: number;
  readonly last: number;
  readonly dropped: number;
  readonly calls: number;
}

/** Per process: the numbers of its events that are there and those that it says were lost make up all that it ever gave. */
async function isComplete(): Promise<boolean> {
  const startedAtMs = Date.now();
  let processes: readonly ProcessInLog[];
  try {
    processes = await eventually(readComplete, ARRIVAL_MS);
  } catch (cause) {
    print(`NOT COMPLETE: ${String(cause)}`);
    return false;
  }
  print(`Complete in the log ${((Date.now() - startedAtMs) / 1_000).toFixed(1)} s after the last call:`);
  for (const { gateway_id, kept, last, dropped, calls } of processes) {
    print(`  process ${gateway_id}: events 0 to ${last}: ${kept} there (${calls} calls) + ${dropped} counted as dropped`);
  }
  const calls = processes.reduce((sum, row) => sum + row.calls, 0);
  const dropped = processes.reduce((sum, row) => sum + row.dropped, 0);
  print(`Answered calls ${load.answered}, in the log ${calls}${dropped === 0 ? '' : `, dropped events ${dropped}`}.`);
  return dropped > 0 ? calls + dropped >= load.answered : calls === load.answered;
}

/** Throws where something is missing yet. */
async function readComplete(): Promise<readonly ProcessInLog[]> {
  const reported = await Promise.all(gateway.replicas.map(({ adminUrl }) => readReported(adminUrl)));
  const { rows } = await sql.query<ProcessInLog>(`
    SELECT gateway_id, count(*)::int AS kept, max(sequence)::int AS last, coalesce(sum(dropped_count), 0)::int AS dropped,
      count(*) FILTER (WHERE method = 'tools/call' AND outcome = 'COMPLETED')::int AS calls
    FROM traffic_events GROUP BY gateway_id`);
  const total = reported.reduce((sum, count) => sum + count, 0);
  const accounted = rows.reduce((sum, { kept, dropped }) => sum + kept + dropped, 0);
  if (accounted !== total) throw new Error(`${total} events were made, ${accounted} are accounted for`);
  const gap = rows.find(({ dropped, kept, last }) => last + 1 !== kept + dropped);
  if (gap !== undefined) throw new Error(`process ${gap.gateway_id} has a gap`);
  return rows;
}

async function readReported(adminUrl: string): Promise<number> {
  const metrics = await (await fetch(`${adminUrl}/metrics`)).text();
  return Number(/^sluice_traffic_events_total (\d+)/m.exec(metrics)?.[1] ?? NaN);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
