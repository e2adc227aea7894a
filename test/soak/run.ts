// npm run soak -- --minutes 20 [--clients 16]
// Mixed clients come, go, crash and rarely say good-bye, through two data planes behind a balancer without affinity. Once they are gone
// and the idle times have passed, memory, file descriptors and upstream sessions have to be where they were at the start.
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startLaneGateway } from '../support/lane-gateway.ts';
import { World } from '../support/world.ts';
import { liveOn, type SoakServer, type Tally } from './life.ts';
import { findFaults, isQuiet, measure, type Measurement, type Subjects } from './measurement.ts';
import { countDescriptors, OBSERVABLE } from './plane-usage.ts';
import { printHead, printMeasurement } from './table.ts';
import { startUpstreams } from './upstreams.ts';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '1' }, clients: { type: 'string', default: '16' } },
});
const durationMs = Number(values.minutes) * 60_000;
const clients = Number(values.clients);
if (!(durationMs > 0) || !(clients > 0)) throw new Error('--minutes and --clients are numbers above 0.');

/** How long everything is used before the start level is read, in milliseconds: code that runs for the first time costs memory for good. */
const WARM_UP_MS = 20_000;

/** How often it is looked while the clients live, at least and at most, in milliseconds. */
const MIN_INTERVAL_MS = 15_000;
const MAX_INTERVAL_MS = 60_000;

/** After how long without use things are let go, in seconds. */
const IDLE_SECONDS = '5';

/** How long it may take until everything is let go, in milliseconds. */
const QUIET_DEADLINE_MS = 60_000;

/** One call in so many may meet a fault: a client that crashes breaks the balancer's connections too. */
const MAX_FAULTS = 0.005;

const gateway = await startLaneGateway({
  replicas: 2,
  env: {
    ...OBSERVABLE,
    SLUICE_SESSION_IDLE_SECONDS: IDLE_SECONDS,
    SLUICE_POOLED_SESSION_IDLE_SECONDS: IDLE_SECONDS,
    SLUICE_PARKED_CALL_SECONDS: IDLE_SECONDS,
    SLUICE_ACCESS_LOG: 'off',
  },
});
const world = await World.create(gateway);
const key = await world.addKey();
const upstreams = await startUpstreams(world);
await world.enforced();
const subjects: Subjects = {
  replicas: gateway.dataPlanes,
  controlPlane: gateway.controlPlane,
  countUpstreamSessions: () => upstreams.countSessions(),
};
const tally: Tally = { lives: 0, calls: 0, crashes: 0, faults: new Map() };
const startedAtMs = Date.now();

try {
  printHead();
  const fresh = subjects.replicas.map(countDescriptors);
  await live(WARM_UP_MS, upstreams.servers);
  await becomeQuiet(fresh);
  const start = await look('start');
  await live(durationMs, upstreams.servers);
  await becomeQuiet(fresh);
  const end = await look('end');
  report(findFaults(start, end));
} finally {
  await gateway.stop();
  await upstreams.close();
}
// Clients that crashed may still wait for answers that never come.
process.exit();

async function live(forMs: number, servers: readonly SoakServer[]): Promise<void> {
  const stop = new AbortController();
  const lives = Array.from({ length: clients }, () => liveOn(servers, key.plain, tally, stop.signal));
  const intervalMs = Math.min(MAX_INTERVAL_MS, Math.max(MIN_INTERVAL_MS, forMs / 10));
  for (let leftMs = forMs; leftMs > 0; leftMs -= intervalMs) {
    await delay(Math.min(intervalMs, leftMs));
    if (forMs > WARM_UP_MS) await look('');
  }
  stop.abort();
  await Promise.all(lives);
}

async function becomeQuiet(descriptors: readonly number[]): Promise<void> {
  const deadline = Date.now() + QUIET_DEADLINE_MS;
  while (!isQuiet(subjects, descriptors) && Date.now() < deadline) await delay(250);
}

async function look(phase: string): Promise<Measurement> {
  const measured = await measure(subjects);
  printMeasurement(phase, startedAtMs, tally, measured);
  return measured;
}

function report(faults: readonly string[]): void {
  const met = [...tally.faults.values()].reduce((sum, count) => sum + count, 0);
  process.stdout.write(`\n${tally.lives} clients, ${tally.calls} calls, ${tally.crashes} crashes, ${met} faults met by clients\n`);
  for (const [fault, count] of tally.faults) process.stdout.write(`  ${count} × ${fault}\n`);
  const all = met > tally.calls * MAX_FAULTS ? [...faults, 'clients met too many faults'] : faults;
  for (const fault of all) process.stdout.write(`soak: ${fault}\n`);
  if (all.length === 0) process.stdout.write('soak: memory, file descriptors and upstream sessions are where they were\n');
  process.exitCode = all.length === 0 ? 0 : 1;
}
