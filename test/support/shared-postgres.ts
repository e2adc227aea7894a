import { randomBytes } from 'node:crypto';
import { access, constants, mkdtemp, rm, statfs } from 'node:fs/promises';
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

/** Where a Linux has a file system in memory. */
const MEMORY = '/dev/shm';
/** What it must have free: tests need a tenth of that. */
const MEMORY_BYTES = 2 * 1024 ** 3;

/** The server of `DATABASE_URL`, or an embedded one that trades durability for speed, with one migrated template database. */
export class SharedPostgres {
  readonly #findFolder: () => string | Promise<string>;
  #started: Promise<PostgresForTests> | undefined;
  #release: () => Promise<void> = async () => {};

  /** @param findFolder where an embedded server keeps its data. */
  constructor(findFolder: () => string | Promise<string> = tmpdir) {
    this.#findFolder = findFolder;
  }

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
    const directory = await mkdtemp(path.join(await this.#findFolder(), 'sluice-test-postgres-'));
    const server = await startPostgres({ dataDir: directory, durable: false });
    this.#release = async () => {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    };
    return server.url;
  }
}

/** In memory where there is room: a run clones dozens of databases, each of which is hundreds of small files. */
export async function findFastFolder(): Promise<string> {
  try {
    await access(MEMORY, constants.W_OK);
    const { bavail, bsize } = await statfs(MEMORY);
    return bavail * bsize > MEMORY_BYTES ? MEMORY : tmpdir();
  } catch {
    return tmpdir(); // another system, or a closed one
  }
}
