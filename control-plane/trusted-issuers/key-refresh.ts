import type { EntityManager } from '@mikro-orm/postgresql';
import { documentNames } from '../../contract/snapshot.ts';
import type { Clock } from '../../foundation/clock.ts';
import type { Logger } from '../../foundation/logger.ts';
import type { Outbox } from '../database/outbox.ts';
import type { Fetch } from '../egress/index.ts';
import { readKeys } from './read-keys.ts';
import { TrustedIssuerEntity } from './trusted-issuer.entity.ts';

/** What the refresh works with. */
export interface KeyRefreshParts {
  readonly em: EntityManager;
  readonly clock: Clock;
  readonly outbox: Outbox;
  readonly fetch: Fetch;
  readonly logger: Logger;
}

/** How often is looked for issuers whose keys are due. */
const PASS_INTERVAL_MS = 15_000;
/** How old keys may be. An issuer announces a key about a day before it signs with it, or signs with it at once. */
const REFRESH_MS = 5 * 60_000;
/** Issuers that one pass reads, one after the other; what is left is due with the next. */
const ISSUERS_A_PASS = 20;

/** Reads the keys of trusted issuers again, and publishes those that have changed. Any number of replicas share the work. */
export class KeyRefresh {
  readonly #parts: KeyRefreshParts;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #isStopping = false;

  constructor(parts: KeyRefreshParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#timer = setInterval(() => this.#schedule(), PASS_INTERVAL_MS).unref();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    clearInterval(this.#timer);
    await this.#running;
  }

  /** One pass over the issuers that are due. */
  async run(): Promise<void> {
    for (let count = 0; count < ISSUERS_A_PASS && !this.#isStopping; count++) {
      const id = await this.#claim();
      if (id === undefined) return;
      await this.#refresh(id);
    }
  }

  /** Passes do not overlap. One that fails is made up for by the next. */
  #schedule(): void {
    this.#running = this.#running
      .then(() => this.run())
      .catch((cause: unknown) =>
        this.#parts.logger.warn({ event: 'key_refresh_failed', err: cause }, 'reading the keys of trusted issuers failed'),
      );
  }

  /** Takes one that is due, and says when it is due again, sooner or later by up to a fifth: issuers are not asked in step. */
  async #claim(): Promise<string | undefined> {
    const nowMs = this.#parts.clock.nowMs();
    const next = new Date(nowMs + REFRESH_MS * (0.8 + Math.random() * 0.4));
    const [row] = await this.#parts.em.fork().execute<{ id: string }[]>(
      `UPDATE trusted_issuers SET next_read_at = ? WHERE id = (
         SELECT id FROM trusted_issuers WHERE enabled AND next_read_at <= ? ORDER BY next_read_at LIMIT 1 FOR UPDATE SKIP LOCKED
       ) RETURNING id`,
      [next, new Date(nowMs)],
    );
    return row?.id;
  }

  async #refresh(id: string): Promise<void> {
    const { em, fetch, clock, outbox, logger } = this.#parts;
    const known = await em.fork().findOne(TrustedIssuerEntity, id);
    if (known === null) return;
    const read = await readKeys(fetch, known);
    const isChanged = read.ok && JSON.stringify(read.value) !== JSON.stringify(known.keys);
    if (!read.ok)
      logger.warn({ event: 'issuer_keys_unreadable', trustedIssuerId: id, reason: read.error }, 'keys of a trusted issuer cannot be read');
    await em.fork().transactional(async (inner) => {
      const failure = read.ok ? null : read.error;
      const rows = await inner.execute<{ organization_id: string }[]>(
        `UPDATE trusted_issuers SET keys_failure = ?, keys_read_at = CASE WHEN ?::boolean THEN ?::timestamptz ELSE keys_read_at END,
           keys = CASE WHEN ?::boolean THEN ?::jsonb ELSE keys END
         WHERE id = ? AND jwks_url IS NOT DISTINCT FROM ?::text RETURNING organization_id`,
        [failure, read.ok, new Date(clock.nowMs()), isChanged, JSON.stringify(read.ok ? read.value : []), id, known.jwksUrl ?? null],
      );
      if (isChanged && rows[0] !== undefined) await outbox.mark(inner, [documentNames.organization(rows[0].organization_id)]);
    });
  }
}
