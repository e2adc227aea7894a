import { Pool, type PoolClient } from 'pg';
import { err, ok, type Result } from '../../../foundation/result.ts';

/** Advisory locks of this kind (PostgreSQL manual, section 13.3.5); the second number names the connection. */
const LOCK_SPACE = 1_936_483_171;
/** Locks that one process holds or waits for at a time. */
const MAX_LOCKS = 8;
/** How long to wait for a free place and for the lock, in milliseconds: longer than one exchange with an upstream may take. */
const PLACE_TIMEOUT_MS = 10_000;
const LOCK_TIMEOUT_MS = 15_000;

/**
 * One lock for each connection, across all control planes. It is held on a database connection of its own, so that PostgreSQL releases it at
 * the moment its holder dies, and what the holder commits meanwhile is committed.
 */
export class ConnectionLocks {
  readonly #pool: Pool;

  constructor(databaseUrl: string) {
    this.#pool = new Pool({
      connectionString: databaseUrl,
      max: MAX_LOCKS,
      connectionTimeoutMillis: PLACE_TIMEOUT_MS,
      idleTimeoutMillis: 10_000,
      application_name: 'sluice-upstream-tokens',
    });
    this.#pool.on('error', ignoreLoss); // a connection that ends while nobody uses it is replaced when it is needed
    this.#pool.on('connect', (client) => client.on('error', ignoreLoss));
  }

  /** Runs the work alone. `busy` where the lock cannot be had in time, or the database not at all. */
  async run<Value>(connectionId: string, work: () => Promise<Value>): Promise<Result<Value, 'busy'>> {
    const client = await this.#lock(connectionId);
    if (client === undefined) return err('busy');
    try {
      return ok(await work());
    } finally {
      await this.#unlock(client, connectionId);
    }
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  async #lock(connectionId: string): Promise<PoolClient | undefined> {
    let client: PoolClient | undefined;
    try {
      client = await this.#pool.connect();
      await client.query(`SET lock_timeout = ${LOCK_TIMEOUT_MS}`);
      await client.query('SELECT pg_advisory_lock($1, hashtext($2))', [LOCK_SPACE, connectionId]);
      return client;
    } catch {
      // Too long a wait, or no database: the caller is told to come back, and its own next read says what is wrong.
      client?.release(true);
      return undefined;
    }
  }

  async #unlock(client: PoolClient, connectionId: string): Promise<void> {
    try {
      await client.query('SELECT pg_advisory_unlock($1, hashtext($2))', [LOCK_SPACE, connectionId]);
      client.release();
    } catch {
      client.release(true); // the lock went with the connection
    }
  }
}

/** A lock that is lost is not needed for what is committed: every change names the token that it replaces. */
function ignoreLoss(): void {}
