import { Migrator } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/postgresql';
import { Client } from 'pg';
import { migrations } from './migrations/index.ts';

/** Identifies the lock under which one process at a time migrates. */
const MIGRATION_LOCK = 7_431_001;

/**
 * Brings the schema up to date. Any number of replicas may start together: one migrates, the others wait.
 * @returns the names of the migrations that ran.
 */
export async function migrateDatabase(url: string): Promise<string[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    return await runMigrations(url);
  } finally {
    await client.end(); // ends the lock with it
  }
}

async function runMigrations(url: string): Promise<string[]> {
  const orm = await MikroORM.init({
    clientUrl: url,
    entities: [],
    logger: () => undefined, // the caller logs what ran
    discovery: { warnWhenNoEntities: false },
    extensions: [Migrator],
    migrations: { migrationsList: [...migrations], tableName: 'schema_migrations', snapshot: false, transactional: true },
  });
  try {
    const done = await orm.migrator.up();
    return done.map((migration) => migration.name);
  } finally {
    await orm.close();
  }
}
