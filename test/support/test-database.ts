import { inject } from 'vitest';
import { demand } from './demand.ts';
import { createDatabase, type TestDatabase } from './postgres-admin.ts';
import type { PostgresForTests } from './shared-postgres.ts';

/** A migrated database of one's own on the run's PostgreSQL. Usually one a test file: create it in `beforeAll`, drop it in `afterAll`. */
export async function createTestDatabase(): Promise<TestDatabase> {
  return createDatabase(await demand<PostgresForTests>(inject('servicesOnDemand'), 'postgres'));
}
