import { Client } from 'pg';
import type { Clock } from '../../foundation/clock.ts';
import { PublisherSession, type PublisherParts } from './publisher-session.ts';
import { OUTBOX_CHANNEL } from './outbox.ts';
import { Wakeup } from './wakeup.ts';

/** Notifications make publishing quick; the poll makes sure of it, and finds a Redis that lost its data. */
const POLL_MS = 1_000;
const SHORTEST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
/** From then on somebody has to look at it. */
const ALARMING_FAILURES = 5;
const CONNECT_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 60_000;

/** What a replica does about publishing. */
export interface PublisherStatus {
  /** `STANDBY`: another replica publishes. `FAILING`: it is tried again and again; what is published stays in force. */
  readonly state: 'STARTING' | 'STANDBY' | 'PUBLISHING' | 'FAILING' | 'STOPPED';
  readonly sinceMs: number;
  /** Why it fails; undefined otherwise. */
  readonly reason: string | undefined;
}

export interface SnapshotPublisherOptions extends PublisherParts {
  readonly databaseUrl: string;
  readonly clock: Clock;
}

/**
 * Publishes what mutations touch, on one replica at a time: whoever holds the advisory lock, on a connection of its own that carries
 * the whole work. When the holder dies, PostgreSQL ends its session and with it the lock, and another replica takes over.
 */
export class SnapshotPublisher {
  readonly #options: SnapshotPublisherOptions;
  /** Something was committed, the connection broke, or it is time to stop. */
  readonly #news = new Wakeup();
  readonly #pause = new Wakeup();
  #status: PublisherStatus;
  #running: Promise<void> | undefined;
  #isStopping = false;
  #failures = 0;

  constructor(options: SnapshotPublisherOptions) {
    this.#options = options;
    this.#status = { state: 'STARTING', sinceMs: options.clock.nowMs(), reason: undefined };
  }

  get status(): PublisherStatus {
    return this.#status;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Ends after the revision that is being published. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#news.wake();
    this.#pause.wake();
    await this.#running;
    this.#enter('STOPPED');
  }

  async #run(): Promise<void> {
    while (!this.#isStopping) {
      try {
        await this.#withConnection((client) => this.#hold(client));
      } catch (cause) {
        await this.#recover(cause);
      }
    }
  }

  /** Waits for the lock, then publishes until told to stop. */
  async #hold(client: Client): Promise<void> {
    while (!this.#isStopping && !(await tryLock(client))) {
      await this.#options.reports.refresh();
      this.#enter('STANDBY');
      await this.#news.sleep(POLL_MS);
    }
    if (this.#isStopping) return;
    await client.query(`LISTEN ${OUTBOX_CHANNEL}`);
    const session = await PublisherSession.takeOver(client, this.#options);
    for (let verifiedAtMs = this.#nowMs(); !this.#isStopping; await this.#news.sleep(POLL_MS)) {
      if (this.#nowMs() - verifiedAtMs >= POLL_MS) {
        await session.verify();
        verifiedAtMs = this.#nowMs();
      }
      await session.publish();
      this.#enter(session.failure === undefined ? 'PUBLISHING' : 'FAILING', session.failure);
    }
  }

  async #withConnection(work: (client: Client) => Promise<void>): Promise<void> {
    const client = new Client({
      connectionString: this.#options.databaseUrl,
      application_name: 'sluice-publisher',
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: STATEMENT_TIMEOUT_MS,
      keepAlive: true,
    });
    // The query that finds the connection broken reports it; without a listener the process would end.
    client.on('error', () => this.#news.wake());
    client.on('notification', () => this.#news.wake());
    try {
      await client.connect();
      await client.query(SESSION_SETTINGS);
      await work(client);
    } finally {
      await client.end().catch(() => undefined); // a broken connection has no other end
    }
  }

  /** The longer it fails, the rarer it is tried; each try starts from the beginning, on whichever replica is first. */
  async #recover(cause: unknown): Promise<void> {
    const reason = cause instanceof Error ? cause.message : String(cause);
    this.#enter('FAILING', reason);
    this.#failures += 1;
    const level = this.#failures >= ALARMING_FAILURES ? 'error' : 'warn';
    this.#options.logger[level](
      { event: 'publisher_failed', err: cause, failures: this.#failures },
      'publishing failed and is tried again',
    );
    const pauseMs = Math.min(SHORTEST_PAUSE_MS * 2 ** (this.#failures - 1), LONGEST_PAUSE_MS);
    await this.#pause.sleep(pauseMs * (0.75 + Math.random() / 2));
  }

  #enter(state: PublisherStatus['state'], reason?: string): void {
    if (state !== 'FAILING') this.#failures = 0;
    if (state === this.#status.state && reason === this.#status.reason) return;
    this.#options.logger.info({ event: 'publisher_state', state }, 'the publisher changed its state');
    this.#status = { state, sinceMs: this.#nowMs(), reason };
  }

  #nowMs(): number {
    return this.#options.clock.nowMs();
  }
}

/**
 * A holder that lost power must not keep the lock for long, so PostgreSQL looks after a silent connection. And what this connection
 * writes needs no flush of its own: a lost record of a publication is found by comparing with Redis.
 */
const SESSION_SETTINGS = `
  SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3; SET synchronous_commit = off`;

async function tryLock(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>(
    `SELECT pg_try_advisory_lock(hashtextextended('sluice/snapshot-publisher', 0)) AS locked`,
  );
  return rows[0]?.locked === true;
}
