import { makeTrafficPartitions, type SqlRunner } from '../traffic-partitions.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The lock of an hour: shared by whoever inserts events (see the migration), alone for whoever counts them. */
const HOUR_LOCK = 7_431_009;
/** Held by the one control plane that counts. */
const COUNTING_LOCK = 7_431_010;

/** Hours are counted when they have been over for so long, in milliseconds: most of what is late has come by then. */
const SETTLED_MS = 60_000;

/** Names are what callers write. Of each server and hour the most used ones are counted by themselves, the others together. */
const MAX_NAMES = 1_000;
const MAX_NAME_CHARS = 500;

/** What usage is counted by, each for itself. */
const FACETS = [
  'workspace_id',
  'server_id',
  'workspace_id, server_id',
  'server_id, capability_name',
  'workspace_id, user_id, key_id',
  'workspace_id, client_name',
];

const DIMENSIONS = 'workspace_id, server_id, capability_name, user_id, key_id, client_name';

/**
 * Counts what is marked and over, newest first: hours from their events, then days from their hours. One control plane does so at a time.
 * @param goOn asked before each of them, so that a stop does not wait for a month.
 */
export async function countUsage(sql: SqlRunner, nowMs: number, goOn: () => boolean): Promise<void> {
  const { rows } = await sql.query('SELECT pg_try_advisory_lock($1) AS won', [COUNTING_LOCK]);
  if (rows[0]?.['won'] !== true) return;
  try {
    await sql.query(`SET jit = off; SET work_mem = '32MB'`);
    for (const hour of await listStale(sql, 'HOUR', nowMs - HOUR_MS - SETTLED_MS)) {
      if (!goOn()) return;
      await countHour(sql, hour);
    }
    for (const day of await listStale(sql, 'DAY', nowMs - DAY_MS - SETTLED_MS)) {
      if (!goOn()) return;
      await inTransaction(sql, () => sumDay(sql, day));
    }
  } finally {
    await sql.query('SELECT pg_advisory_unlock($1)', [COUNTING_LOCK]);
  }
}

/** Those that began before a time, newest first. A day whose hours are marked waits for them. */
async function listStale(sql: SqlRunner, unit: 'HOUR' | 'DAY', beforeMs: number): Promise<Date[]> {
  const { rows } = await sql.query(
    `SELECT start FROM traffic_usage_stale s WHERE unit = $1 AND start <= $2
       AND (unit = 'HOUR' OR NOT EXISTS (SELECT FROM traffic_usage_stale h WHERE h.unit = 'HOUR' AND h.start >= s.start AND h.start < s.start + interval '24 hours'))
     ORDER BY start DESC`,
    [unit, new Date(beforeMs)],
  );
  return rows.map((row) => row['start'] as Date);
}

async function countHour(sql: SqlRunner, hour: Date): Promise<void> {
  const day = new Date(Math.floor(hour.getTime() / DAY_MS) * DAY_MS);
  await makeTrafficPartitions(sql, day.getTime(), day.getTime());
  await inTransaction(sql, async () => {
    await sql.query('SELECT pg_advisory_xact_lock($1, $2)', [HOUR_LOCK, hour.getTime() / HOUR_MS]);
    await sql.query(`DELETE FROM traffic_usage_stale WHERE unit = 'HOUR' AND start = $1`, [hour]);
    await sql.query('DELETE FROM traffic_usage WHERE day = $1 AND hour = $2', [day, hour]);
    await sql.query(COUNT_HOUR, [hour, new Date(hour.getTime() + HOUR_MS), day]);
    await sql.query(`INSERT INTO traffic_usage_stale (unit, start) VALUES ('DAY', $1) ON CONFLICT DO NOTHING`, [day]);
  });
}

async function sumDay(sql: SqlRunner, day: Date): Promise<void> {
  await sql.query(`DELETE FROM traffic_usage_stale WHERE unit = 'DAY' AND start = $1`, [day]);
  await sql.query('DELETE FROM traffic_usage WHERE day = $1 AND hour IS NULL', [day]);
  await sql.query(SUM_DAY, [day]);
}

async function inTransaction(sql: SqlRunner, work: () => Promise<void>): Promise<void> {
  await sql.query('BEGIN');
  try {
    await work();
    await sql.query('COMMIT');
  } catch (cause) {
    await sql.query('ROLLBACK').catch(() => undefined); // the connection is gone, and the transaction with it
    throw cause;
  }
}

const COLUMNS = `day, hour, organization_id, facet, ${DIMENSIONS}, bucket, calls, errors, refusals, request_bytes, response_bytes`;

/** The buckets are those of `control-plane/interactions/latency-buckets.ts`; -1 is what has none. Ordered as it is read. */
const COUNT_HOUR = `
  WITH called AS (
    SELECT organization_id, ${DIMENSIONS}, outcome, request_bytes, response_bytes,
           CASE WHEN outcome = 'REFUSED' OR total_ms IS NULL THEN -1 WHEN total_ms <= 1 THEN 0
             ELSE least(81, ceil(ln(total_ms::float8) / ${Math.log(1.25)})::int) END AS bucket
    FROM traffic_events
    WHERE occurred_at >= $1 AND occurred_at < $2 AND kind IN ('REQUEST', 'REFUSAL') AND organization_id IS NOT NULL
  ), capability AS (
    SELECT organization_id, server_id, capability_name AS name,
           row_number() OVER (PARTITION BY organization_id, server_id ORDER BY count(*) DESC, capability_name) AS place
    FROM called WHERE char_length(capability_name) <= ${MAX_NAME_CHARS} GROUP BY 1, 2, 3
  ), client AS (
    SELECT organization_id, client_name AS name, row_number() OVER (PARTITION BY organization_id ORDER BY count(*) DESC, client_name) AS place
    FROM called WHERE char_length(client_name) <= ${MAX_NAME_CHARS} GROUP BY 1, 2
  ), named AS (
    SELECT c.organization_id, c.workspace_id, c.server_id, capability.name AS capability_name, c.user_id, c.key_id, client.name AS client_name,
           c.outcome, c.request_bytes, c.response_bytes, c.bucket
    FROM called c
    LEFT JOIN capability ON capability.organization_id = c.organization_id AND coalesce(capability.server_id, '') = coalesce(c.server_id, '')
      AND capability.name = c.capability_name AND capability.place <= ${MAX_NAMES}
    LEFT JOIN client ON client.organization_id = c.organization_id AND client.name = c.client_name AND client.place <= ${MAX_NAMES}
  )
  INSERT INTO traffic_usage (${COLUMNS})
  SELECT $3::timestamptz, $1::timestamptz, organization_id, GROUPING(${DIMENSIONS}) AS facet, ${DIMENSIONS}, bucket,
         count(*), count(*) FILTER (WHERE outcome IN ('ERROR', 'UPSTREAM_FAILED', 'FAILED')), count(*) FILTER (WHERE outcome = 'REFUSED'),
         coalesce(sum(request_bytes), 0), coalesce(sum(response_bytes), 0)
  FROM named GROUP BY organization_id, bucket, GROUPING SETS (${FACETS.map((columns) => `(${columns})`).join(', ')})
  ORDER BY organization_id, facet`;

const SUM_DAY = `
  INSERT INTO traffic_usage (${COLUMNS})
  SELECT day, NULL, organization_id, facet, ${DIMENSIONS}, bucket, sum(calls), sum(errors), sum(refusals), sum(request_bytes), sum(response_bytes)
  FROM traffic_usage WHERE day = $1 AND hour IS NOT NULL
  GROUP BY day, organization_id, facet, ${DIMENSIONS}, bucket ORDER BY organization_id, facet`;
