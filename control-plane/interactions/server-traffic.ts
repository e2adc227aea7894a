import type { EntityManager } from '@mikro-orm/postgresql';
import { findPercentile, toBucketSql } from './latency-buckets.ts';
import type { ServerTraffic, ServerTrafficState } from './server-traffic.type.ts';

/** Calls of a server that are looked at. */
const WINDOW = `interval '15 minutes'`;
const DEGRADED_FROM = 1 / 20;
const FAILING_FROM = 1 / 2;
/** -32603, -32000 to -32099: faults of a server (JSON-RPC 2.0, section 5.1). What a client did wrong says nothing of the server. */
const FAILED = `(outcome IN ('UPSTREAM_FAILED', 'FAILED') OR (outcome = 'ERROR' AND (error_code = -32603 OR error_code BETWEEN -32099 AND -32000)))`;

const OF_SERVERS = `kind = 'REQUEST' AND occurred_at > now() - ${WINDOW} AND server_id IN (SELECT jsonb_array_elements_text(?::jsonb))`;

const COUNTS = `
  SELECT server_id, CASE WHEN upstream_ms IS NULL THEN -1 ELSE ${toBucketSql('upstream_ms')} END AS bucket,
         count(*) AS calls, count(*) FILTER (WHERE ${FAILED}) AS errors, max(occurred_at) AS last_call_at
  FROM traffic_events WHERE ${OF_SERVERS} AND outcome <> 'REFUSED' GROUP BY server_id, bucket`;

const LAST_ERRORS = `
  SELECT DISTINCT ON (server_id) server_id, occurred_at, outcome, method, capability_name, error_code, error_reason, reason
  FROM traffic_events WHERE ${OF_SERVERS} AND outcome <> 'COMPLETED' AND ${FAILED} ORDER BY server_id, occurred_at DESC`;

interface CountRow {
  readonly server_id: string;
  readonly bucket: number;
  readonly calls: string;
  readonly errors: string;
  readonly last_call_at: string | Date;
}

interface ErrorRow {
  readonly server_id: string;
  readonly occurred_at: string | Date;
  readonly outcome: string;
  readonly method: string | null;
  readonly capability_name: string | null;
  readonly error_code: string | null;
  readonly error_reason: string | null;
  readonly reason: string | null;
}

/** How the recent calls of servers went that the caller sees already. */
export async function batchServerTraffic(em: EntityManager, ids: readonly string[]): Promise<ServerTraffic[]> {
  const counts = Map.groupBy(await em.execute<CountRow[]>(COUNTS, [JSON.stringify(ids)]), (row) => row.server_id);
  const errors = new Map((await em.execute<ErrorRow[]>(LAST_ERRORS, [JSON.stringify(ids)])).map((row) => [row.server_id, row]));
  return ids.map((id) => toServerTraffic(counts.get(id) ?? [], errors.get(id)));
}

function toServerTraffic(rows: readonly CountRow[], last: ErrorRow | undefined): ServerTraffic {
  const calls = rows.reduce((sum, row) => sum + Number(row.calls), 0);
  const errors = rows.reduce((sum, row) => sum + Number(row.errors), 0);
  const latencies = new Map(rows.filter(({ bucket }) => bucket >= 0).map((row) => [row.bucket, Number(row.calls)]));
  const callTimes = rows.map((row) => new Date(row.last_call_at).getTime());
  return {
    state: toState(calls, errors),
    calls,
    errors,
    errorRate: calls === 0 ? null : errors / calls,
    p50Ms: findPercentile(latencies, 0.5),
    p95Ms: findPercentile(latencies, 0.95),
    p99Ms: findPercentile(latencies, 0.99),
    lastCallAt: calls === 0 ? null : new Date(Math.max(...callTimes)),
    lastErrorAt: last === undefined ? null : new Date(last.occurred_at),
    lastError: last === undefined ? null : toSentence(last),
  };
}

function toState(calls: number, errors: number): ServerTrafficState {
  if (calls === 0) return 'IDLE';
  if (errors / calls >= FAILING_FROM) return 'FAILING';
  return errors / calls >= DEGRADED_FROM ? 'DEGRADED' : 'WORKING';
}

function toSentence({ outcome, method, capability_name: name, error_code: code, error_reason: words, reason }: ErrorRow): string {
  const what = name === null ? (method ?? 'A request') : `${method ?? 'A request'} of ${name}`;
  const why = words ?? reason;
  if (outcome === 'ERROR') return `${what} was answered with the error ${code ?? 'without a code'}.`;
  if (outcome === 'FAILED') return `${what} failed in the gateway${why === null ? '' : `: ${why}`}.`;
  return `${what} failed at the upstream${why === null ? '' : `: ${why}`}.`;
}
