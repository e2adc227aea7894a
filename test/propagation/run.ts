// `npm run propagation`: how long a change takes until two data planes that are busy enforce it, from the mutation and from its commit, in a small hub and in a large one, and what
// a change and a snapshot cost. Enforced means that a client's call ends differently. Times are printed, not judged: what fails the run
// is a change that is not enforced. An argument sets how many changes are made: `npm run propagation -- 100`.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { startRedisProcess } from '../../bench/hub/redis-process.ts';
import { killChildren } from '../../bench/measure/child.ts';
import { describeMachine, readMachine } from '../../bench/report/machine.ts';
import { ApiClient } from '../support/api-client.ts';
import { createDatabase } from '../support/postgres-admin.ts';
import { SharedPostgres } from '../support/shared-postgres.ts';
import { stubMcpServer } from '../support/upstreams/stub-mcp-server.ts';
import { startGateway, type RunningGateway } from '../support/start-gateway.ts';
import { CommitWatch } from './commit-watch.ts';
import { EnforcementProbe } from './enforcement-probe.ts';
import { measureChanges } from './measure-changes.ts';
import { createKey } from './changes.ts';
import { Load } from './load.ts';
import { describeFootprint, describePropagation, describeShipments } from './report.ts';
import { seedHub, type HubSize } from './seed-hub.ts';
import { readShipments } from './shipped-bytes.ts';
import type { Footprint } from './snapshot-footprint.ts';

const CHANGES = Number(process.argv[2] ?? 1_000);
/** Changes made before anything is measured: code that runs for the first time is slow everywhere. */
const WARM_UP = 40;
/** How long a data plane may take until it has its first snapshot, in milliseconds. */
const READY_DEADLINE_MS = 120_000;
const READY_POLL_MS = 50;
const HUBS: readonly HubSize[] = [
  { workspaces: 2, servers: 1 },
  { workspaces: 1_000, servers: 100 },
];

const folder = await mkdtemp(path.join(tmpdir(), 'sluice-propagation-'));
// However it ends, it leaves no process behind.
process.once('exit', killChildren);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
const postgres = new SharedPostgres();
const redis = await startRedisProcess(folder);
const upstream = await stubMcpServer();
try {
  const server = await postgres.start();
  print(`npm run propagation -- ${CHANGES}\n${describeMachine(readMachine())}`);
  print(`${CHANGES} changes, control plane, two data planes, PostgreSQL and ${redis.description} on one machine`);
  for (const hub of HUBS) await measureHub(hub, await createDatabase(server));
} finally {
  await upstream.close();
  await redis.stop();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
}

async function measureHub(hub: HubSize, database: { readonly url: string; drop(): Promise<void> }): Promise<void> {
  print(`\nA hub of ${hub.workspaces * hub.servers} grants (${hub.workspaces} workspaces × ${hub.servers} servers)`);
  const grant = await seedHub(database.url, hub, upstream.url);
  const location = { url: redis.url, gateway: `propagation-${randomBytes(6).toString('hex')}` };
  const env = { SLUICE_ENCRYPTION_KEYS: `propagation:${randomBytes(32).toString('base64')}` };
  const gateway = await startGateway({ databaseUrl: database.url, redis: location, replicas: 2, env });
  const commits = await CommitWatch.open(database.url);
  const probes = gateway.replicas.map(({ url }) => new EnforcementProbe(url));
  try {
    const api = new ApiClient(gateway.controlPlaneUrl, gateway.adminKey);
    const instruments = { api, commits, probes, grant };
    await Promise.all(gateway.replicas.map(({ adminUrl }) => untilReady(adminUrl)));
    await measureChanges(instruments, WARM_UP);
    const caller = await createKey(api, grant.load.workspaceId);
    await Promise.all(probes.map((probe) => probe.waitFor(grant.load.path, caller.plain, 'admitted')));
    const load = new Load(
      gateway.replicas.map(({ url }) => url),
      grant.load.path,
      caller.plain,
    );
    print(describePropagation(await measureChanges(instruments, CHANGES)));
    print(await load.stop());
    print(describeShipments(await readShipments(location, gateway.dataPlanes[0]!.log)));
    if (hub.servers > 1) print(describeFootprint(await measureFootprint(gateway, location, env)));
  } finally {
    await Promise.all([...probes.map((probe) => probe.close()), commits.close()]);
    await gateway.stop();
    await database.drop();
  }
}

async function measureFootprint(
  gateway: RunningGateway,
  location: { readonly url: string; readonly gateway: string },
  env: Readonly<Record<string, string>>,
): Promise<Footprint> {
  const program = path.join(import.meta.dirname, 'snapshot-footprint.ts');
  const settings = {
    REDIS_URL: location.url,
    SLUICE_GATEWAY: location.gateway,
    SLUICE_GATEWAY_URL: gateway.url,
    SLUICE_STATE_DIR: path.join(folder, location.gateway),
  };
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', program], {
    env: { PATH: process.env['PATH'], ...settings, ...env },
  });
  return JSON.parse(stdout) as Footprint;
}

/** The first revision of a large hub takes its time. */
async function untilReady(adminUrl: string): Promise<void> {
  const deadline = AbortSignal.timeout(READY_DEADLINE_MS);
  while (!(await fetch(`${adminUrl}/readyz`, { signal: deadline })).ok) await delay(READY_POLL_MS, undefined, { signal: deadline });
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
