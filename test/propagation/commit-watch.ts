import { Client } from 'pg';
import { OUTBOX_CHANNEL } from '../../control-plane/snapshots/outbox.ts';

/** How long a commit may take to show, in milliseconds. */
const DEADLINE_MS = 10_000;

/** Learns when a mutation was committed: PostgreSQL delivers the outbox's notification at the commit, and not before. */
export class CommitWatch {
  readonly #client: Client;
  #waiting: ((atMs: number) => void) | undefined;

  private constructor(client: Client) {
    this.#client = client;
    client.on('notification', () => this.#waiting?.(performance.now()));
  }

  static async open(databaseUrl: string): Promise<CommitWatch> {
    const client = new Client({ connectionString: databaseUrl });
    await client.connect();
    await client.query(`LISTEN ${OUTBOX_CHANNEL}`);
    return new CommitWatch(client);
  }

  /** When the next commit was seen, on the clock of `performance.now()`. Asked for before the mutation is sent; one at a time. */
  next(): Promise<number> {
    return new Promise((resolve, reject) => {
      const deadline = setTimeout(() => reject(new Error(`No commit was seen within ${DEADLINE_MS} ms.`)), DEADLINE_MS);
      this.#waiting = (atMs) => {
        clearTimeout(deadline);
        this.#waiting = undefined;
        resolve(atMs);
      };
    });
  }

  close(): Promise<void> {
    return this.#client.end();
  }
}
