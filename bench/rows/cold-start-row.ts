import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, rm } from 'node:fs/promises';
import { makeFolder, type BenchContext, type Row } from '../bench-context.ts';
import type { Hub } from '../hub/hub.ts';
import { SnapshotPublisher } from '../hub/snapshot-publisher.ts';
import { sleep } from '../measure/child.ts';
import { findFreePort } from '../measure/free-port.ts';
import { readRetainedMemory } from '../measure/heap.ts';
import { readUsage } from '../measure/process-usage.ts';
import { waitUntilReady } from '../measure/readiness.ts';
import { toSpread } from '../measure/statistics.ts';
import { atMost, type Budget, type Cell, type Column, type RowReport } from '../report/row-report.ts';
import { spawnGateway } from '../targets/gateway.ts';
import { buildLargeHub, type HubSize } from '../upstream/many-upstreams.ts';
import { HUNDRED_THOUSAND_ROUTES } from './mixed-rows.ts';

/** The promises for 100,000 routes, in milliseconds and in bytes. */
const MAX_FROM_REDIS_MS = 2_000;
const MAX_FROM_FILE_MS = 1_000;
const MAX_ROUTE_BYTES = 500;

/** Nothing listens there: the discard port of the machine itself. */
const NO_REDIS = 'redis://127.0.0.1:9';

/** The memory of a process that has just started is read after this long, in milliseconds: by then it has written its last-good file. */
const SETTLE_MS = 4_000;
const QUICK_SETTLE_MS = 2_000;

interface Size {
  readonly routes: number;
  readonly hub: HubSize;
}

const ONE: Size = { routes: 1, hub: { workspaces: 1, servers: 1, serversPerWorkspace: 1, keysPerWorkspace: 1, overridesOnEvery: 1 } };
const TEN_THOUSAND: Size = {
  routes: 10_000,
  hub: { workspaces: 100, servers: 100, serversPerWorkspace: 100, keysPerWorkspace: 5, overridesOnEvery: 10 },
};
const HUNDRED_THOUSAND: Size = { routes: 100_000, hub: HUNDRED_THOUSAND_ROUTES };

type Source = 'Redis' | 'last-good file';

interface Start {
  readonly readyMs: number;
  readonly cpuMs: number;
  readonly rssMb: number;
  readonly retainedMb: number;
}

const COLUMNS: readonly Column[] = [
  { key: 'routes', title: 'routes' },
  { key: 'source', title: 'from' },
  { key: 'readyMs', title: 'ready after ms' },
  { key: 'cpuMs', title: 'CPU ms' },
  { key: 'rssMb', title: 'RSS MB', digits: 1 },
  { key: 'retainedMb', title: 'retained MB', digits: 2 },
];

export const coldStartRow: Row = {
  name: 'cold-start',
  title: 'from the start of the process until /readyz says ready',
  isQuick: true,
  run: runColdStarts,
};

async function runColdStarts(context: BenchContext): Promise<RowReport> {
  const sizes = context.arguments.quick ? [ONE, TEN_THOUSAND] : [ONE, TEN_THOUSAND, HUNDRED_THOUSAND];
  const starts = new Map<string, Start[]>();
  for (const size of sizes) {
    context.progress(`cold-start: ${size.routes} routes`);
    await measureSize(context, size, (source, start) => {
      const name = `${size.routes} ${source}`;
      starts.set(name, [...(starts.get(name) ?? []), start]);
    });
  }
  const lines = sizes.flatMap(({ routes }) =>
    (['Redis', 'last-good file'] as const).map((source) => toLine(routes, source, starts.get(`${routes} ${source}`)!)),
  );
  return {
    name: coldStartRow.name,
    title: coldStartRow.title,
    columns: COLUMNS,
    lines,
    budgets: toBudgets(sizes, starts),
    notes: [
      `Snapshots in ${context.redisDescription}. From the file: Redis refuses connections.`,
      'A route comes with its share of everything else: 100 routes, 5 keys and 5 members a workspace, an override for each member on every tenth route, 1 server and 1 sealed credential for each 100 routes.',
      'Retained: heap and what hangs on it after a garbage collection, read through the inspector.',
    ],
  };
}

async function measureSize(context: BenchContext, size: Size, note: (source: Source, start: Start) => void): Promise<void> {
  const hub = buildLargeHub(size.hub, await findFreePort());
  const publisher = new SnapshotPublisher(context.redisUrl, `bench-${randomBytes(4).toString('hex')}`, hub);
  await publisher.publish(hub.documents);
  const folder = await makeFolder(context, `cold-start-${size.routes}`);
  try {
    const { quick, rounds } = context.arguments;
    for (let round = 0; round < (quick ? 1 : rounds); round++) {
      note('Redis', await measureStart(context, hub, publisher.gateway, { folder: `${folder}/redis`, redisUrl: context.redisUrl }));
      await rm(`${folder}/file`, { recursive: true, force: true });
      await cp(`${folder}/redis`, `${folder}/file`, { recursive: true });
      await rm(`${folder}/redis`, { recursive: true, force: true });
      note('last-good file', await measureStart(context, hub, publisher.gateway, { folder: `${folder}/file`, redisUrl: NO_REDIS }));
    }
  } finally {
    await publisher.close();
  }
}

/** Leaves the last-good file behind. */
async function measureStart(
  context: BenchContext,
  hub: Hub,
  gateway: string,
  place: { readonly folder: string; readonly redisUrl: string },
): Promise<Start> {
  const adminPort = await findFreePort();
  const startedAt = performance.now();
  const child = await spawnGateway({ ...place, gateway, hub, dataPlane: context.arguments.dataPlane, adminPort });
  const { source } = await waitUntilReady(adminPort, child);
  const readyMs = performance.now() - startedAt;
  const cpuMs = readUsage([child.pid]).cpuMicros / 1_000;
  if ((source === 'REDIS') !== (place.redisUrl !== NO_REDIS)) throw new Error(`The gateway started from ${source}.`);
  await sleep(context.arguments.quick ? QUICK_SETTLE_MS : SETTLE_MS);
  const rssMb = readUsage([child.pid]).rssBytes / 1e6;
  const { heapBytes, externalBytes } = await readRetainedMemory(child);
  await child.stop();
  if (!existsSync(`${place.folder}/state/${gateway}.last-good`)) throw new Error('The gateway left no last-good file.');
  return { readyMs, cpuMs, rssMb, retainedMb: (heapBytes + externalBytes) / 1e6 };
}

function toLine(routes: number, source: Source, starts: readonly Start[]): Record<string, Cell> {
  const spread = (key: keyof Start) => toSpread(starts.map((start) => start[key]));
  return { routes, source, readyMs: spread('readyMs'), cpuMs: spread('cpuMs'), rssMb: spread('rssMb'), retainedMb: spread('retainedMb') };
}

function toBudgets(sizes: readonly Size[], starts: ReadonlyMap<string, readonly Start[]>): Budget[] {
  const { routes } = sizes.at(-1)!;
  const median = (name: string, key: keyof Start) => toSpread(starts.get(name)!.map((start) => start[key])).median;
  const retained = median(`${routes} Redis`, 'retainedMb') - median('1 Redis', 'retainedMb');
  const budgets = [atMost(`memory per route of ${routes}, retained`, (retained * 1e6) / routes, MAX_ROUTE_BYTES, ' B', 0)];
  if (routes < HUNDRED_THOUSAND.routes) return budgets;
  return [
    ...budgets,
    atMost('100,000 routes ready from Redis', median('100000 Redis', 'readyMs'), MAX_FROM_REDIS_MS, ' ms', 0),
    atMost('100,000 routes ready from the last-good file', median('100000 last-good file', 'readyMs'), MAX_FROM_FILE_MS, ' ms', 0),
  ];
}
