import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import type { PostgresForTests } from './shared-postgres.ts';

export interface TestDatabase {
  readonly url: string;
  /** Drops it, whoever is still connected. */
  drop(): Promise<void>;
}

/** A clone of the template: a migrated database of one's own. */
export async function createDatabase({ adminUrl, template }: PostgresForTests): Promise<TestDatabase> {
  const name = `sluice_test_${randomBytes(6).toString('hex')}`;
  // The default strategy writes the clone through the log, which takes several times as long for a small template.
  await withAdmin(adminUrl, (admin) => admin.query(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY file_copy`));
  return {
    url: toDatabaseUrl(adminUrl, name),
    drop: () => withAdmin(adminUrl, async (admin) => void (await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`))),
  };
}

/** The same server and user, another database. */
export function toDatabaseUrl(adminUrl: string, database: string): string {
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  return url.href;
}

/** Runs on a connection of its own: CREATE and DROP DATABASE cannot be inside a transaction or on the database itself. */
export async function withAdmin<Value>(adminUrl: string, work: (admin: Client) => Promise<Value>): Promise<Value> {
  const admin = new Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}
