import type { EntityManager } from '@mikro-orm/postgresql';
import type { Clock } from '../../foundation/clock.ts';
import type { Logger } from '../../foundation/logger.ts';
import type { CurrentProvider } from './current-provider.ts';
import { WINDOW_MS } from './request-limit.ts';

/** What the upkeep works with. */
export interface UpkeepParts {
  readonly em: EntityManager;
  readonly clock: Clock;
  readonly current: CurrentProvider;
  readonly logger: Logger;
}

/** Often enough that every control plane knows a key long before it signs. */
const PASS_INTERVAL_MS = 60_000;
/** Rows that one statement removes, so that none holds its locks for long. */
const BATCH = 1_000;
const DAY_MS = 24 * 60 * 60_000;
/** How long a registration waits for its first use. */
const UNUSED_CLIENT_MS = 3 * DAY_MS;
/** How long a registration is kept that nobody allows any longer. */
const FORGOTTEN_CLIENT_MS = 90 * DAY_MS;
/** How long it is noticed that a refresh token is used a second time. */
const CONSUMED_TOKEN_MS = 7 * DAY_MS;
/** A grant whose code was never redeemed, or whose tokens are gone. */
const EMPTY_GRANT_MS = DAY_MS;

/** Keeps the keys up to date and removes what has had its time. Replicas that run it together share the work. */
export class OauthUpkeep {
  readonly #parts: UpkeepParts;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #isStopping = false;

  constructor(parts: UpkeepParts) {
    this.#parts = parts;
  }

  /** Passes every minute. The keys must be loaded before. */
  start(): void {
    this.#timer = setInterval(() => this.#schedule(), PASS_INTERVAL_MS).unref();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    clearInterval(this.#timer);
    await this.#running;
  }

  /** One pass. */
  async run(): Promise<void> {
    await this.#parts.current.refresh();
    const nowMs = this.#parts.clock.nowMs();
    const before = (ageMs: number) => new Date(nowMs - ageMs);
    await this.#remove('expires_at < ?', [before(0)]);
    await this.#remove(`model = 'RefreshToken' AND consumed_at < ?`, [before(CONSUMED_TOKEN_MS)]);
    await this.#remove(`model = 'Client' AND used_at IS NULL AND created_at < ?`, [before(UNUSED_CLIENT_MS)]);
    await this.#remove(
      `model = 'Client' AND used_at < ? AND NOT EXISTS (SELECT 1 FROM consents WHERE consents.client_id = oauth_records.id)`,
      [before(FORGOTTEN_CLIENT_MS)],
    );
    await this.#remove(
      `model = 'Grant' AND created_at < ? AND NOT EXISTS (SELECT 1 FROM oauth_records token WHERE token.grant_id = oauth_records.id)`,
      [before(EMPTY_GRANT_MS)],
    );
    await this.#parts.em.fork().execute('DELETE FROM oauth_request_counts WHERE window_start < ?', [before(2 * WINDOW_MS)]);
  }

  /** Passes do not overlap. One that fails is made up for by the next. */
  #schedule(): void {
    this.#running = this.#running
      .then(() => this.run())
      .catch((cause: unknown) =>
        this.#parts.logger.warn({ event: 'oauth_upkeep_failed', err: cause }, 'the upkeep of the authorization server is tried again'),
      );
  }

  async #remove(condition: string, values: readonly unknown[]): Promise<void> {
    for (let count = BATCH; count === BATCH && !this.#isStopping;) {
      const removed = await this.#parts.em.fork().execute<unknown[]>(
        `DELETE FROM oauth_records WHERE (model, id) IN (
           SELECT model, id FROM oauth_records WHERE ${condition} LIMIT ${BATCH} FOR UPDATE SKIP LOCKED
         ) RETURNING id`,
        [...values],
      );
      count = removed.length;
    }
  }
}
