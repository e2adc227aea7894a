import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { RedisKeys } from '../../contract/redis-keys.ts';
import { CommitWatch } from '../../test/propagation/commit-watch.ts';
import { seedHub, type SeededGrant } from '../../test/propagation/seed-hub.ts';
import { ApiClient } from '../../test/support/api-client.ts';
import { createDatabase } from '../../test/support/postgres-admin.ts';
import { SharedPostgres } from '../../test/support/shared-postgres.ts';
import { removeKeys } from '../hub/remove-keys.ts';
import { makeFolder, type BenchContext, type Row } from '../bench-context.ts';
import { toLatencySummary, type LatencySummary } from '../load/latencies.ts';
import { readUsage } from '../measure/process-usage.ts';
import { findPercentile } from '../measure/statistics.ts';
import { atMost, type Column, type RowReport } from '../report/row-report.ts';
import { startControlPlane } from '../targets/control-plane.ts';

/** Of every server: nobody calls it here. */
const UPSTREAM_URL = 'https://server.example.com/mcp';

const HUB = { workspaces: 1_000, servers: 100 };
const GRANTS = HUB.workspaces * HUB.servers;

/** The promises, in milliseconds. */
const MAX_PAGE_P95_MS = 30;
const MAX_PUBLISH_MS = 50;
const MAX_COMPILE_MS = 10_000;

/** Before anything is measured. */
const WARM_UPS = 30;
const QUERIES = 200;
const MUTATIONS = 200;

const COLUMNS: readonly Column[] = [
  { key: 'what', title: 'what' },
  { key: 'count', title: 'times' },
  { key: 'p50Ms', title: 'p50 ms', digits: 1 },
  { key: 'p95Ms', title: 'p95 ms', digits: 1 },
  { key: 'p99Ms', title: 'p99 ms', digits: 1 },
  { key: 'maxMs', title: 'longest ms', digits: 1 },
];

/** A page of servers, each with the first grants for it, as a console shows them. */
const PAGE = `query ($id: ID!, $servers: Int!, $grants: Int!) {
  organization(id: $id) {
    mcpServers(first: $servers) {
      nodes {
        id slug name url enabled
        accessGrants(first: $grants) { nodes { id enabled defaultUserAccess workspace { id slug name } } pageInfo { hasNextPage endCursor } }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
}`;

const UPDATE = `mutation ($id: ID!, $input: AccessGrantUpdateInput!) {
  accessGrantUpdate(id: $id, input: $input) { snapshotRevision userErrors { code message field } }
}`;

interface Timings extends LatencySummary {
  readonly what: string;
  readonly count: number;
  readonly p95Ms: number;
}

export const controlPlaneRow: Row = {
  name: 'control-plane',
  title: `a control plane with ${GRANTS} grants (${HUB.workspaces} workspaces × ${HUB.servers} servers)`,
  isQuick: false,
  run: runControlPlane,
};

async function runControlPlane(context: BenchContext): Promise<RowReport> {
  const folder = await makeFolder(context, 'control-plane');
  const postgres = new SharedPostgres();
  const gateway = `bench-${randomBytes(4).toString('hex')}`;
  try {
    const { url: databaseUrl } = await createDatabase(await postgres.start());
    context.progress('control-plane: filling the database');
    const grant = await seedHub(databaseUrl, HUB, UPSTREAM_URL);
    const entry = context.arguments.controlPlane;
    context.progress('control-plane: compiling from nothing');
    const startedAtMs = Date.now();
    const target = await startControlPlane({ folder, entry, databaseUrl, redisUrl: context.redisUrl, gateway });
    const compileMs = (await target.waitForEvent('snapshot_published')).atMs - startedAtMs;
    const api = new ApiClient(target.url, target.adminKey);
    context.progress('control-plane: queries and mutations');
    const pages = [await timePages(api, 50, 10), await timePages(api, 50, 50)];
    const [answers, publications] = await timePublications({ api, grant, databaseUrl, redisUrl: context.redisUrl, gateway });
    const rssMb = readUsage([target.child.pid]).rssBytes / 1e6;
    await target.child.stop();
    const compiling = { what: 'started, compiled and published from nothing', count: 1, maxMs: compileMs };
    return {
      name: controlPlaneRow.name,
      title: controlPlaneRow.title,
      columns: COLUMNS,
      lines: [...[...pages, answers, publications].map((timings) => ({ ...timings })), compiling],
      budgets: [
        atMost('a page of 50 servers with 10 grants each, p95', pages[0]!.p95Ms, MAX_PAGE_P95_MS, ' ms', 1),
        atMost('one mutation’s publish, p95', publications.p95Ms, MAX_PUBLISH_MS, ' ms', 1),
        atMost('compile from nothing', compileMs, MAX_COMPILE_MS, ' ms', 0),
      ],
      notes: [
        `PostgreSQL 18 itself, embedded and without fsync, on the other cores; snapshots in ${context.redisDescription}; resident memory at the end ${rssMb.toFixed(0)} MB.`,
        'One request at a time, over HTTP, with the administrator’s key. A publication counts from the commit (its notification) until Redis announces the revision.',
      ],
    };
  } finally {
    await postgres.stop();
    await forgetSnapshot(context.redisUrl, gateway);
  }
}

async function timePages(api: ApiClient, servers: number, grants: number): Promise<Timings> {
  const id = (await api.run<{ nodes: readonly { id: string }[] }>('{ organizations(first: 1) { nodes { id } } }', {}, 'organizations'))
    .nodes[0]!.id;
  const variables = { id, servers, grants };
  for (let i = 0; i < WARM_UPS; i++) await api.run(PAGE, variables, 'organization');
  const times: number[] = [];
  for (let i = 0; i < QUERIES; i++) {
    const startedAt = performance.now();
    await api.run(PAGE, variables, 'organization');
    times.push(performance.now() - startedAt);
  }
  return toTimings(`a page of ${servers} servers with ${grants} grants each`, times);
}

interface Publishing {
  readonly api: ApiClient;
  readonly grant: SeededGrant;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly gateway: string;
}

/** How long a mutation takes to be answered, and from its commit to be published. */
async function timePublications({ api, grant, databaseUrl, redisUrl, gateway }: Publishing): Promise<[Timings, Timings]> {
  const commits = await CommitWatch.open(databaseUrl);
  const subscriber = new Redis(redisUrl);
  await subscriber.ssubscribe(new RedisKeys(gateway).changed());
  const [answers, publications]: [number[], number[]] = [[], []];
  try {
    for (let i = 0; i < WARM_UPS + MUTATIONS; i++) {
      const committed = commits.next();
      const published = new Promise<number>((resolve) => void subscriber.once('smessage', () => resolve(performance.now())));
      const startedAt = performance.now();
      await api.run(UPDATE, { id: grant.grantId, input: { defaultUserAccess: i % 2 === 0 ? 'DENY' : 'ALLOW' } }, 'accessGrantUpdate');
      const answeredAt = performance.now();
      const publishMs = (await published) - (await committed);
      if (i < WARM_UPS) continue;
      answers.push(answeredAt - startedAt);
      publications.push(publishMs);
    }
  } finally {
    subscriber.disconnect();
    await commits.close();
  }
  return [
    toTimings('one grant updated, until the answer', answers),
    toTimings('one grant updated, from commit to published', publications),
  ];
}

function toTimings(what: string, times: readonly number[]): Timings {
  const p95Ms = findPercentile(Float64Array.from(times).sort(), 0.95);
  return { what, count: times.length, p95Ms, ...toLatencySummary(times) };
}

async function forgetSnapshot(redisUrl: string, gateway: string): Promise<void> {
  const redis = new Redis(redisUrl);
  await removeKeys(redis, gateway);
  await redis.quit();
}
