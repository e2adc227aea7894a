import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { databaseUrl, withAdmin } from './postgres-admin.ts';
import type { PostgresForTests } from './shared-postgres.ts';

export interface TestDatabase {
  readonly url: string;
  /** Drops it, whoever is still connected. */
  drop(): Promise<void>;
}

/** A migrated database of one's own, cloned from the run's template. Usually one a test file: create it in `beforeAll`, drop it in `afterAll`. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { adminUrl, template } = await demandPostgres();
  const name = `sluice_test_${randomBytes(6).toString('hex')}`;
  // The default strategy writes the clone through the log, which takes several times as long for a small template.
  await withAdmin(adminUrl, (admin) => admin.query(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY file_copy`));
  return {
    url: databaseUrl(adminUrl, name),
    drop: () => withAdmin(adminUrl, async (admin) => void (await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`))),
  };
}

async function demandPostgres(): Promise<PostgresForTests> {
  const response = await fetch(inject('postgresOnDemand'));
  const text = await response.text();
  if (!response.ok) throw new Error(`PostgreSQL for tests did not start: ${text}`);
  return JSON.parse(text) as PostgresForTests;
}
