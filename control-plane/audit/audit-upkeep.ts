import type { EntityManager } from '@mikro-orm/postgresql';
import type { Clock } from '../../foundation/clock.ts';
import type { Logger } from '../../foundation/logger.ts';

/** How long audit events are kept. */
export interface AuditUpkeepParts {
  readonly em: EntityManager;
  /** In milliseconds; undefined: for ever. */
  readonly retentionMs: number | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How often it is looked for events whose time is over, in milliseconds, and after a failure. */
const INTERVAL_MS = 3_600_000;
const FAILURE_MS = 60_000;

/** Events that one statement removes, so that none holds its locks for long. */
const BATCH = 1_000;

/** Removes audit events whose time is over. Control planes that do so together share the work. */
export class AuditUpkeep {
  /** Events that this process removed since it started. */
  removed = 0;
  readonly #parts: AuditUpkeepParts;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #isStopping = false;

  constructor(parts: AuditUpkeepParts) {
    this.#parts = parts;
  }

  start(): void {
    if (this.#parts.retentionMs !== undefined) this.#running = this.#turn();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#timer);
    await this.#running;
    clearTimeout(this.#timer);
  }

  async #turn(): Promise<void> {
    let pauseMs = INTERVAL_MS;
    try {
      await this.run();
    } catch (cause) {
      this.#parts.logger.warn({ event: 'audit_upkeep_failed', err: cause }, 'audit events whose time is over are removed later');
      pauseMs = FAILURE_MS;
    }
    this.#timer = setTimeout(() => void (this.#running = this.#turn()), pauseMs);
    this.#timer.unref();
  }

  /** Removes what is due. */
  async run(): Promise<void> {
    const { clock, em, logger, retentionMs } = this.#parts;
    if (retentionMs === undefined) return;
    const before = new Date(clock.nowMs() - retentionMs);
    let removed = 0;
    for (let count = BATCH; count === BATCH && !this.#isStopping; removed += count) {
      const rows = await em.fork().execute<unknown[]>(
        `DELETE FROM audit_events WHERE id IN (
           SELECT id FROM audit_events WHERE created_at < ? ORDER BY created_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED
         ) RETURNING id`,
        [before],
      );
      count = rows.length;
      this.removed += count;
    }
    if (removed > 0) logger.info({ event: 'audit_events_removed', count: removed, before }, 'the time of audit events was over');
  }
}
