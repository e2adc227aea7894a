import { AccessError } from '../api/access-error.ts';
import type { ApiContext } from '../api/context.ts';
import { joinConditions, type Condition } from './interaction-conditions.ts';
import { joinAlternatives, runBounded, type InteractionQuestion } from './interaction-queries.ts';
import { findPercentile, toBucketSql } from './latency-buckets.ts';
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

const STARTS: Readonly<Record<UsageInterval, string>> = {
  MINUTE: `date_trunc('minute', occurred_at, 'UTC')`,
  HOUR: `date_trunc('hour', occurred_at, 'UTC')`,
  DAY: `date_trunc('day', occurred_at, 'UTC')`,
  ALL: 'NULL::timestamptz',
};

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
  const { sql, values } = toUsageSql(question);
  const rows = await runBounded(em, (inner) => inner.execute<UsageRow[]>(sql, [...values]));
  const points = toPoints(rows, question);
  if (points.length > MAX_POINTS || rows.length >= MAX_ROWS)
    throw new AccessError('BAD_REQUEST', `These are more than ${MAX_POINTS} points. Ask for less time, longer parts, or less to count by.`);
  return points;
}

function toUsageSql({ scopes, filter, since, until, interval, groupBy }: UsageQuestion): Condition {
  const groups = [...new Set(groupBy)].map((dimension) => COLUMNS[dimension][0]);
  const time: Condition = { sql: 'occurred_at >= ? AND occurred_at < ?', values: [since, until] };
  const calls: Condition = { sql: `kind IN ('REQUEST', 'REFUSAL')`, values: [] };
  const where = joinConditions([scopes.length === 1 ? scopes[0]! : joinAlternatives(scopes), time, calls, ...filter]);
  const grouped = ['start', ...groups, 'bucket'].join(', ');
  const sql = `
    SELECT ${STARTS[interval]} AS start, ${groups.map((column) => `${column}, `).join('')}
           CASE WHEN outcome = 'REFUSED' OR total_ms IS NULL THEN -1 ELSE ${toBucketSql('total_ms')} END AS bucket,
           count(*) AS calls, count(*) FILTER (WHERE outcome IN ('ERROR', 'UPSTREAM_FAILED', 'FAILED')) AS errors,
           count(*) FILTER (WHERE outcome = 'REFUSED') AS refusals,
           sum(request_bytes) AS request_bytes, sum(response_bytes) AS response_bytes
    FROM traffic_events WHERE ${where.sql} GROUP BY ${grouped} LIMIT ${MAX_ROWS}`;
  return { sql, values: where.values };
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
  const latencies = new Map(part.filter(({ bucket }) => Number(bucket) >= 0).map(({ bucket, calls }) => [Number(bucket), Number(calls)]));
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
