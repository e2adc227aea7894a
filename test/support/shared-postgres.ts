import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { migrateDatabase } from '../../control-plane/database/migrate-database.ts';
import { startPostgres } from '../../embedded/postgres.ts';
import { toDatabaseUrl, withAdmin } from './postgres-admin.ts';

/** What a worker needs to make a database of its own. */
export interface PostgresForTests {
  readonly adminUrl: string;
  /** A migrated database that nobody is connected to. */
  readonly template: string;
}

/** The server of `DATABASE_URL`, or an embedded one that trades durability for speed, with one migrated template database. */
export class SharedPostgres {
  #started: Promise<PostgresForTests> | undefined;
  #release: () => Promise<void> = async () => {};

  start(): Promise<PostgresForTests> {
    this.#started ??= this.#open();
    return this.#started;
  }

  async stop(): Promise<void> {
    await this.#started?.catch(() => undefined); // whoever asked for it has been told
    await this.#release();
  }

  async #open(): Promise<PostgresForTests> {
    const external = process.env['DATABASE_URL'];
    const adminUrl = external === undefined || external === '' ? await this.#startEmbedded() : external;
    const template = `sluice_template_${randomBytes(6).toString('hex')}`;
    await withAdmin(adminUrl, (admin) => admin.query(`CREATE DATABASE ${template}`));
    await migrateDatabase(toDatabaseUrl(adminUrl, template));
    const stopServer = this.#release;
    this.#release = async () => {
      await withAdmin(adminUrl, (admin) => admin.query(`DROP DATABASE IF EXISTS ${template} WITH (FORCE)`));
      await stopServer();
    };
    return { adminUrl, template };
  }

  async #startEmbedded(): Promise<string> {
    const directory = await mkdtemp(path.join(tmpdir(), 'sluice-test-postgres-'));
    const server = await startPostgres({ dataDir: directory, durable: false });
    this.#release = async () => {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    };
    return server.url;
  }
}
