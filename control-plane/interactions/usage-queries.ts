import type { EntityManager } from '@mikro-orm/postgresql';
import { AccessError } from '../api/access-error.ts';
import type { ApiContext } from '../api/context.ts';
import { joinAlternatives, joinConditions, type Condition } from './interaction-conditions.ts';
import { runBounded, type InteractionQuestion } from './interaction-queries.ts';
import { findPercentile, toBucketSql } from './latency-buckets.ts';
import { cutTime, findFacet, toFacetNumber, type Uncounted, type UsageSource } from './usage-sources.ts';
import type { UsageDimension, UsageInterval, UsagePoint } from './usage.type.ts';

/** What usage is asked for. */
export interface UsageQuestion extends InteractionQuestion {
  readonly since: Date;
  readonly until: Date;
  readonly interval: UsageInterval;
  readonly groupBy: readonly UsageDimension[];
}

/** Points of an answer. */
export const MAX_POINTS = 2_000;
export const MAX_DIMENSIONS = 3;
const MAX_DAYS = 92;
const DAY_MS = 86_400_000;
/** Rows are points by buckets of latency. */
const MAX_ROWS = 100_000;

const COLUMNS = {
  WORKSPACE: ['workspace_id', 'workspaceId'],
  SERVER: ['server_id', 'mcpServerId'],
  CAPABILITY: ['capability_name', 'capabilityName'],
  USER: ['user_id', 'userId'],
  API_KEY: ['key_id', 'apiKeyId'],
  CLIENT: ['client_name', 'clientName'],
} as const satisfies Record<UsageDimension, readonly [string, keyof UsagePoint]>;

const TIMES = { events: 'occurred_at', hours: 'hour', days: 'day' } as const satisfies Record<UsageSource['table'], string>;

const UNITS = { MINUTE: 'minute', HOUR: 'hour', DAY: 'day' } as const;

type UsageRow = Readonly<Record<string, unknown>>;

/**
 * Counts calls, oldest part first; within a part the most used first.
 * @throws {AccessError} BAD_REQUEST for too long a time, or for too many points.
 */
export async function listUsage(question: UsageQuestion, { em }: ApiContext): Promise<UsagePoint[]> {
  const { scopes, since, until, groupBy } = question;
  if (!(since < until) || until.getTime() - since.getTime() > MAX_DAYS * DAY_MS)
    throw new AccessError('BAD_REQUEST', `since is before until, and at most ${MAX_DAYS} days before.`);
  if (groupBy.length > MAX_DIMENSIONS)
    throw new AccessError('BAD_REQUEST', `Usage is counted by at most ${MAX_DIMENSIONS} things at once.`);
  if (scopes.length === 0) return [];
  const rows = await runBounded(em, async (inner) => {
    const { sql, values } = toUsageSql(question, await readUncounted(inner, question));
    return inner.execute<UsageRow[]>(sql, [...values]);
  });
  const points = toPoints(rows, question);
  if (points.length > MAX_POINTS || rows.length >= MAX_ROWS)
    throw new AccessError('BAD_REQUEST', `These are more than ${MAX_POINTS} points. Ask for less time, longer parts, or less to count by.`);
  return points;
}

/** Events are read for what was not counted when they were written: parts of an hour, and by what they are seldom asked for. */
function toUsageSql(question: UsageQuestion, uncounted: Uncounted): Condition {
  const { scopes, filter, since, until, interval, groupBy } = question;
  const groups = [...new Set(groupBy)].map((dimension) => COLUMNS[dimension][0]);
  const which = joinConditions([scopes.length === 1 ? scopes[0]! : joinAlternatives(scopes), ...filter]);
  const facet =
    which.columns &&
    findFacet(
      groups,
      which.columns.filter((column) => column !== 'organization_id'),
    );
  const sources: readonly UsageSource[] =
    facet === undefined
      ? [{ table: 'events', fromMs: since.getTime(), toMs: until.getTime() }]
      : cutTime(since.getTime(), until.getTime(), interval, uncounted);
  const parts = sources.map((source) => {
    const where = joinConditions([source.table === 'events' ? toEventTime(source) : toUsageTime(source, facet ?? []), which]);
    const start = interval === 'ALL' ? 'NULL::timestamptz' : `date_trunc('${UNITS[interval]}', ${TIMES[source.table]}, 'UTC')`;
    const [from, counts] = source.table === 'events' ? ['traffic_events', OF_EVENTS] : ['traffic_usage', OF_USAGE];
    const sql = `SELECT ${[`${start} AS start`, ...groups, counts].join(', ')} FROM ${from} WHERE ${where.sql} GROUP BY ${['start', ...groups, 'bucket'].join(', ')}`;
    return { sql, values: where.values };
  });
  return { sql: `${parts.map(({ sql }) => sql).join(' UNION ALL ')} LIMIT ${MAX_ROWS}`, values: parts.flatMap(({ values }) => values) };
}

const OF_EVENTS = `
  CASE WHEN outcome = 'REFUSED' OR total_ms IS NULL THEN -1 ELSE ${toBucketSql('total_ms')} END AS bucket,
  count(*) AS calls, count(*) FILTER (WHERE outcome IN ('ERROR', 'UPSTREAM_FAILED', 'FAILED')) AS errors,
  count(*) FILTER (WHERE outcome = 'REFUSED') AS refusals, sum(request_bytes) AS request_bytes, sum(response_bytes) AS response_bytes`;

/** Doubles are exact up to 2^53, and several times quicker to add up than what PostgreSQL makes of a sum of bigint. */
const OF_USAGE = `
  bucket, sum(calls::float8) AS calls, sum(errors::float8) AS errors, sum(refusals::float8) AS refusals,
  sum(request_bytes::float8) AS request_bytes, sum(response_bytes::float8) AS response_bytes`;

function toEventTime({ fromMs, toMs }: UsageSource): Condition {
  return { sql: `occurred_at >= ? AND occurred_at < ? AND kind IN ('REQUEST', 'REFUSAL')`, values: [new Date(fromMs), new Date(toMs)] };
}

/** The day is said in both cases: it is what the table is divided by. */
function toUsageTime({ table, fromMs, toMs }: UsageSource, facet: readonly string[]): Condition {
  const ofDays = 'facet = ? AND day >= ? AND day < ?';
  const [from, to, firstDay] = [fromMs, toMs, Math.floor(fromMs / DAY_MS) * DAY_MS].map((ms) => new Date(ms));
  const number = toFacetNumber(facet);
  if (table === 'days') return { sql: `${ofDays} AND hour IS NULL`, values: [number, from, to] };
  return { sql: `${ofDays} AND hour >= ? AND hour < ?`, values: [number, firstDay, to, from, to] };
}

/** Read before the counts: what is counted meanwhile is asked of the events once more, and what comes meanwhile is too new for the answer. */
async function readUncounted(em: EntityManager, { since, until }: UsageQuestion): Promise<Uncounted> {
  const firstDay = new Date(Math.floor(since.getTime() / DAY_MS) * DAY_MS);
  const rows = await em.execute<{ unit: string; start: string | Date }[]>(
    'SELECT unit, start FROM traffic_usage_stale WHERE start >= ? AND start < ?',
    [firstDay, until],
  );
  const startsOf = (unit: string) => new Set(rows.filter((row) => row.unit === unit).map(({ start }) => new Date(start).getTime()));
  return { hours: startsOf('HOUR'), days: startsOf('DAY') };
}

function toPoints(rows: readonly UsageRow[], { since, groupBy }: UsageQuestion): UsagePoint[] {
  const dimensions = groupBy.map((dimension) => COLUMNS[dimension]);
  const parts = Map.groupBy(rows, (row) => JSON.stringify([row['start'], ...dimensions.map(([column]) => row[column])]));
  const points = [...parts.values()].map((part) => toPoint(part, since, dimensions));
  return points.sort((a, b) => a.start.getTime() - b.start.getTime() || b.calls - a.calls);
}

function toPoint(part: readonly UsageRow[], since: Date, dimensions: readonly (readonly [string, keyof UsagePoint])[]): UsagePoint {
  const [row] = part;
  const sum = (column: string): number => part.reduce((total, { [column]: value }) => total + Number(value ?? 0), 0);
  const latencies = new Map<number, number>();
  for (const { bucket, calls } of part) {
    if (Number(bucket) >= 0) latencies.set(Number(bucket), (latencies.get(Number(bucket)) ?? 0) + Number(calls));
  }
  const start = row!['start'];
  return {
    start: start === null ? since : new Date(start as string),
    workspaceId: null,
    mcpServerId: null,
    capabilityName: null,
    userId: null,
    apiKeyId: null,
    clientName: null,
    ...Object.fromEntries(dimensions.map(([column, field]) => [field, row![column]])),
    calls: sum('calls'),
    errors: sum('errors'),
    refusals: sum('refusals'),
    p50Ms: findPercentile(latencies, 0.5),
    p95Ms: findPercentile(latencies, 0.95),
    p99Ms: findPercentile(latencies, 0.99),
    requestBytes: sum('request_bytes'),
    responseBytes: sum('response_bytes'),
  };
}
