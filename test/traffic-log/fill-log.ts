import { setTimeout } from 'node:timers/promises';
import { Client } from 'pg';
import { countUsage } from '../../control-plane/traffic/index.ts';

const DAY_MS = 86_400_000;

/** How a log is filled. */
export interface FillOptions {
  readonly databaseUrl: string;
  readonly organizationId: string;
  readonly events: number;
  /** Over so many days, today included. */
  readonly days: number;
  readonly progress: (message: string) => void;
}

/** Days that are filled at a time. */
const DAYS_AT_ONCE = 2;

/**
 * Fills the log as a year of two hundred people, fifty servers and a few programs would. Each day is filled before it becomes a part
 * of the log, so that its indexes are built once and not entry by entry.
 */
export async function fillLog(options: FillOptions): Promise<void> {
  const days = Array.from({ length: options.days }, (_, day) => day)
    .toReversed()
    .values(); // the present day last: the control plane that just started is making it
  await Promise.all(
    Array.from({ length: DAYS_AT_ONCE }, () =>
      withClient(options.databaseUrl, async (client) => {
        await client.query(`SET maintenance_work_mem = '256MB'; SET work_mem = '128MB'; SET synchronous_commit = off`);
        for (const day of days) await fillDay(client, options, day);
      }),
    ),
  );
  await withClient(options.databaseUrl, countEverything);
  options.progress('counted');
  await withClient(options.databaseUrl, (client) => client.query('VACUUM (ANALYZE) traffic_events, traffic_usage'));
}

/** The control plane counts as well: one of the two at a time. */
async function countEverything(client: Client): Promise<void> {
  for (let left = 1; left > 0; await setTimeout(200)) {
    await countUsage(client, Date.now(), () => true);
    const { rows } = await client.query(`SELECT count(*)::int AS left FROM traffic_usage_stale WHERE start < now() - interval '25 hours'`);
    left = rows[0].left;
  }
}

async function withClient(connectionString: string, work: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

/** Indexes come at the end of each day, and its hours are marked as those that the control plane has yet to count. */
async function fillDay(client: Client, { organizationId, events, days, progress }: FillOptions, day: number): Promise<void> {
  const from = new Date(Math.floor(Date.now() / DAY_MS) * DAY_MS - day * DAY_MS);
  const end = new Date(from.getTime() + DAY_MS);
  const to = day === 0 ? new Date() : end;
  const count = Math.ceil(events / days);
  const name = `traffic_events_p${from.toISOString().slice(0, 10).replaceAll('-', '')}`;
  await client.query(`DROP TABLE IF EXISTS ${name}`);
  await client.query(`CREATE TABLE ${name} (LIKE traffic_events INCLUDING DEFAULTS INCLUDING CONSTRAINTS)`);
  await client.query(FILL.replace('$table', name), [organizationId, from, to, count, day]);
  await client.query(
    `ALTER TABLE traffic_events ATTACH PARTITION ${name} FOR VALUES FROM ('${from.toISOString()}') TO ('${end.toISOString()}')`,
  );
  await client.query(
    `INSERT INTO traffic_usage_stale (unit, start) SELECT 'HOUR', generate_series($1::timestamptz, $2::timestamptz, '1 hour') ON CONFLICT DO NOTHING`,
    [from, new Date(to.getTime() - 1)],
  );
  progress(`${day} days ago: ${count} events`);
}

/** Outcomes, servers and people are used unevenly: the first ones most. */
const FILL = `
  INSERT INTO $table (occurred_at, id, gateway_id, sequence, kind, outcome, organization_id, workspace_id, server_id, grant_id, caller_kind,
    user_id, key_id, client_name, client_version, era, protocol_revision, session_id, http_method, method, capability_kind, capability_name,
    status, decision, decided_by, rule_id, rule_level, snapshot_revision, reason, error_code, error_reason, connection_id, upstream_ms,
    total_ms, request_bytes, response_bytes, trace_id, span_id)
  SELECT $2::timestamptz + ((n - 1)::float8 / $4) * ($3::timestamptz - $2::timestamptz),
         (lpad(to_hex($5::int), 8, '0') || '-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
         ('00000000-0000-4000-8000-00000000000' || n % 4)::uuid, n,
         CASE WHEN fate < 0.02 THEN 'REFUSAL' WHEN fate > 0.97 THEN 'NOTIFICATION' ELSE 'REQUEST' END,
         CASE WHEN fate < 0.02 THEN 'REFUSED' WHEN fate < 0.03 THEN 'ERROR' WHEN fate < 0.033 THEN 'UPSTREAM_FAILED' ELSE 'COMPLETED' END,
         $1, 'ws_fill' || person % 20, 'mcps_fill' || server, 'grant_fill' || person % 20 || '_' || server, 'API_KEY',
         'usr_fill' || person, 'key_fill' || person, 'program-' || person % 6, '1.' || person % 3, 'LEGACY', '2025-11-25',
         'session' || $5::int || '_' || n / 40, 'POST', CASE WHEN n % 8 = 0 THEN 'tools/list' ELSE 'tools/call' END,
         CASE WHEN n % 8 = 0 THEN NULL ELSE 'TOOL' END, CASE WHEN n % 8 = 0 THEN NULL ELSE 'tool_' || server || '_' || n % 12 END,
         CASE WHEN fate < 0.02 THEN 403 ELSE 200 END, CASE WHEN fate < 0.02 THEN 'DENIED' ELSE 'ALLOWED' END, 'rule',
         CASE WHEN fate < 0.02 THEN 'rule_fill' || server END, 'WORKSPACE', 1000 + $5::int,
         CASE WHEN fate < 0.02 THEN 'capability_denied' END, CASE WHEN fate >= 0.02 AND fate < 0.03 THEN -32603 END,
         CASE WHEN fate >= 0.03 AND fate < 0.033 THEN 'it did not answer in time' END, 'con_fill' || server,
         CASE WHEN fate < 0.02 THEN NULL ELSE (8 * exp(2 * luck))::bigint END, CASE WHEN fate < 0.02 THEN 0 ELSE (10 * exp(2 * luck))::bigint END,
         200 + n % 2000, 500 + (n * 7) % 20000, lpad(to_hex($5::int), 16, '0') || lpad(to_hex(n), 16, '0'), lpad(to_hex(n), 16, '0')
  FROM (SELECT n, random() AS fate, random() + random() AS luck, floor(200 * random() ^ 2)::int AS person, floor(50 * random() ^ 2)::int AS server
        FROM generate_series(1, $4::int) AS n) AS made`;
