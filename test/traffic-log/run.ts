// `npm run traffic-log`: fills the log of interactions and asks it what people ask, over HTTP, as an owner of the organization would. What
// fails the run is an answer that takes longer than its budget. Arguments: `-- --events 10000000 --days 25`.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startRedisProcess } from '../../bench/hub/redis-process.ts';
import { killChildren } from '../../bench/measure/child.ts';
import { findPercentile } from '../../bench/measure/statistics.ts';
import { describeMachine, readMachine } from '../../bench/report/machine.ts';
import { startControlPlane } from '../../bench/targets/control-plane.ts';
import { ApiClient } from '../support/api-client.ts';
import { createDatabase } from '../support/postgres-admin.ts';
import { SharedPostgres } from '../support/shared-postgres.ts';
import { fillLog } from './fill-log.ts';

const { values } = parseArgs({ options: { events: { type: 'string', default: '10000000' }, days: { type: 'string', default: '25' } } });
const [events, days] = [Number(values.events), Number(values.days)];

const PAGE_BUDGET_MS = 50;
const USAGE_BUDGET_MS = 300;
const WARM_UPS = 3;
const PAGES = 40;
const USAGES = 12;
const DAY_MS = 86_400_000;

const PAGE = `query ($organizationId: ID!, $filter: InteractionFilter) {
  interactions(organizationId: $organizationId, filter: $filter) {
    nodes { id occurredAt kind outcome method capabilityName userId apiKeyId clientName status decidedBy accessRuleId upstreamMs totalMs traceId }
    pageInfo { endCursor }
  }
}`;
const USAGE = `query ($organizationId: ID!, $since: DateTimeISO!, $until: DateTimeISO!, $groupBy: [UsageDimension!]!, $interval: UsageInterval!) {
  usage(organizationId: $organizationId, since: $since, until: $until, groupBy: $groupBy, interval: $interval) { start calls errors p95Ms }
}`;
const COUNT = `query ($organizationId: ID!, $filter: InteractionFilter) {
  interactionCount(organizationId: $organizationId, filter: $filter) { count isExact }
}`;

/** By each field with an index, often and seldom. */
const FILTERS: Readonly<Record<string, object>> = {
  'no filter': {},
  workspace: { workspaceId: 'ws_fill3' },
  'server, often': { mcpServerId: 'mcps_fill0' },
  'server, seldom': { mcpServerId: 'mcps_fill49' },
  'user, often': { userId: 'usr_fill0' },
  'user, seldom': { userId: 'usr_fill199' },
  'user, never': { userId: 'usr_nobody' },
  'API key': { apiKeyId: 'key_fill77' },
  session: { sessionId: 'session3_500' },
  trace: { traceId: `${'3'.padStart(16, '0')}${(4_000).toString(16).padStart(16, '0')}` },
  connection: { connectionId: 'con_fill20' },
  'access rule': { accessRuleId: 'rule_fill7' },
  method: { method: 'tools/list' },
  tool: { capabilityName: 'tool_40_5' },
  'client name': { clientName: 'program-4' },
  kind: { kinds: ['NOTIFICATION'] },
  outcome: { outcomes: ['UPSTREAM_FAILED'] },
  outcomes: { outcomes: ['REFUSED', 'ERROR'] },
  decision: { decision: 'DENIED' },
  reason: { reason: 'capability_denied' },
  'error code': { errorCode: -32_603 },
  status: { status: 403 },
  'user and tool': { userId: 'usr_fill5', capabilityName: 'tool_0_1' },
};

const folder = await mkdtemp(path.join(tmpdir(), 'sluice-traffic-log-'));
process.once('exit', killChildren);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
const postgres = new SharedPostgres();
const redis = await startRedisProcess(folder);
let isWithin = true;
try {
  const { url: databaseUrl } = await createDatabase(await postgres.start());
  print(`npm run traffic-log -- --events ${events} --days ${days}\n${describeMachine(readMachine())}`);
  const gateway = `traffic-log-${randomBytes(4).toString('hex')}`;
  const target = await startControlPlane({ folder, entry: 'dist/control-plane/main.js', databaseUrl, redisUrl: redis.url, gateway });
  const api = new ApiClient(target.url, target.adminKey);
  const { organization } = await api.run<{ organization: { id: string } }>(
    `mutation { organizationCreate(input: { slug: "filled", name: "Filled" }) { organization { id } snapshotRevision userErrors { message } } }`,
    {},
    'organizationCreate',
  );
  const organizationId = organization.id;
  const startedAtMs = Date.now();
  await fillLog({ databaseUrl, organizationId, events, days, progress: (text) => process.stderr.write(`${text}\n`) });
  print(`filled with ${events} events over ${days} days in ${Math.round((Date.now() - startedAtMs) / 1_000)} s\n`);
  print(`| Question | p50, ms | p95, ms | budget, ms |\n|---|---|---|---|`);
  for (const [name, filter] of Object.entries(FILTERS))
    await measure(`newest page by ${name}`, PAGES, PAGE_BUDGET_MS, () => api.run(PAGE, { organizationId, filter }, 'interactions'));
  const yesterday = Math.floor(Date.now() / DAY_MS) * DAY_MS - DAY_MS;
  const time = { since: new Date(yesterday), until: new Date(yesterday + DAY_MS) };
  for (const groupBy of [[], ['SERVER'], ['CAPABILITY'], ['USER'], ['API_KEY'], ['CLIENT']]) {
    const variables = { organizationId, ...time, groupBy, interval: groupBy.length === 0 ? 'HOUR' : 'ALL' };
    await measure(`usage of a day by ${groupBy[0]?.toLowerCase() ?? 'hour'}`, USAGES, USAGE_BUDGET_MS, () =>
      api.run(USAGE, variables, 'usage'),
    );
  }
  await measure('count of everything (estimated)', USAGES, USAGE_BUDGET_MS, () => api.run(COUNT, { organizationId }, 'interactionCount'));
  await target.child.stop();
} finally {
  await postgres.stop();
  await redis.stop();
  await rm(folder, { recursive: true, force: true });
}
process.exitCode = isWithin ? 0 : 1;

async function measure(what: string, count: number, budgetMs: number, ask: () => Promise<unknown>): Promise<void> {
  for (let i = 0; i < WARM_UPS; i++) await ask();
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const startedAt = performance.now();
    await ask();
    times.push(performance.now() - startedAt);
  }
  const sorted = Float64Array.from(times).sort();
  const [p50, p95] = [findPercentile(sorted, 0.5), findPercentile(sorted, 0.95)];
  isWithin &&= p95 <= budgetMs;
  print(`| ${what} | ${p50.toFixed(1)} | ${p95.toFixed(1)} | ${budgetMs}${p95 <= budgetMs ? '' : ' (missed)'} |`);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
