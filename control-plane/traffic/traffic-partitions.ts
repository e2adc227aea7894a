/** What can run a statement: a client of the driver, or a transaction of the ORM's connection. */
export interface SqlRunner {
  query(text: string, values?: unknown[]): Promise<{ readonly rows: readonly Readonly<Record<string, unknown>>[] }>;
}

const DAY_MS = 86_400_000;

/** Tables with a partition for each day. Usage is the first: where there are events, they are counted. */
const TABLES = ['traffic_usage', 'traffic_events', 'traffic_payloads'] as const;

/** A table that a day is taken away from after its time. */
export type TrafficTable = (typeof TABLES)[number];

/** Identifies the lock under which one process at a time makes partitions. */
const PARTITION_LOCK = 7_431_007;

/**
 * Makes the partitions of every day from one time to another, both included; those that exist stay. Nothing that reads or writes the
 * tables waits for it: a partition is made beside them and attached when it is ready.
 */
export async function makeTrafficPartitions(sql: SqlRunner, fromMs: number, toMs: number): Promise<void> {
  const known = new Set((await listTrafficPartitions(sql)).map(({ name }) => name));
  for (const table of TABLES) {
    for (let day = startOfDay(fromMs); day <= toMs; day += DAY_MS) {
      if (!known.has(toPartitionName(table, day))) await makePartition(sql, table, day);
    }
  }
}

/** Takes the days away that ended before a time. Returns the names of what is gone. */
export async function dropTrafficPartitions(sql: SqlRunner, table: TrafficTable, endedBeforeMs: number): Promise<string[]> {
  const old = (await listTrafficPartitions(sql)).filter((partition) => partition.table === table && partition.endMs <= endedBeforeMs);
  for (const { name } of old) await sql.query(`DROP TABLE IF EXISTS ${name}`);
  return old.map(({ name }) => name);
}

/** A day of a table. */
export interface TrafficPartition {
  readonly name: string;
  readonly table: TrafficTable;
  readonly startMs: number;
  readonly endMs: number;
}

/** The days that there are, oldest first. */
export async function listTrafficPartitions(sql: SqlRunner): Promise<TrafficPartition[]> {
  const { rows } = await sql.query(`
    SELECT c.relname AS name, i.inhparent::regclass::text AS parent FROM pg_inherits i
    JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent IN (${TABLES.map((table) => `'${table}'::regclass`).join(', ')}) ORDER BY c.relname`);
  return rows.flatMap((row) => {
    const [, , year, month, day] = /^(\w+)_p(\d{4})(\d{2})(\d{2})$/.exec(String(row['name'])) ?? [];
    if (year === undefined) return [];
    const startMs = Date.UTC(Number(year), Number(month) - 1, Number(day));
    return [{ name: String(row['name']), table: String(row['parent']) as TrafficTable, startMs, endMs: startMs + DAY_MS }];
  });
}

async function makePartition(sql: SqlRunner, table: TrafficTable, day: number): Promise<void> {
  const name = toPartitionName(table, day);
  const [from, to] = [day, day + DAY_MS].map((ms) => new Date(ms).toISOString());
  // One statement, so one transaction: an attached partition or none at all, and the lock goes with it.
  await sql.query(`
    DO $$ BEGIN
      PERFORM pg_advisory_xact_lock(${PARTITION_LOCK});
      IF to_regclass('${name}') IS NULL THEN
        CREATE TABLE ${name} (LIKE ${table} INCLUDING ALL);
        ALTER TABLE ${table} ATTACH PARTITION ${name} FOR VALUES FROM ('${from}') TO ('${to}');
      END IF;
    END $$`);
}

function toPartitionName(table: TrafficTable, day: number): string {
  return `${table}_p${new Date(day).toISOString().slice(0, 10).replaceAll('-', '')}`;
}

function startOfDay(ms: number): number {
  return Math.floor(ms / DAY_MS) * DAY_MS;
}
