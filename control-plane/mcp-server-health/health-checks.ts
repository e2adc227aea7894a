import type { EntityManager } from '@mikro-orm/postgresql';
import type { Clock } from '../../foundation/clock.ts';
import type { Logger } from '../../foundation/logger.ts';
import type { UpstreamPlace } from '../mcp-server-probes/index.ts';
import { noteResult, takeDueChecks, type DueCheck } from './health-schedule.ts';

/** What the checks work with. */
export interface HealthChecksParts {
  readonly em: EntityManager;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long after a check the next one follows, in milliseconds; 0: never. */
  readonly intervalMs: number;
  /** Undefined where an MCP server is there, or a sentence that says what is wrong. */
  readonly check: (place: UpstreamPlace) => Promise<string | undefined>;
}

/** How many upstreams a replica asks at once. */
const CONCURRENCY = 8;

/** How often it is looked whose turn it is, in milliseconds, give or take a fifth so that replicas do not look in step. */
const LOOK_MS = 5_000;
const JITTER = 0.2;

/** One that was not found is looked for again so many times sooner. */
const HASTE = 5;

/** The longest sentence that is stored, in characters. */
const MAX_ERROR_LENGTH = 1_000;

/** Looks now and then whether every upstream is there. All replicas of the control plane share the work. */
export class HealthChecks {
  readonly #parts: HealthChecksParts;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #isStopping = false;

  constructor(parts: HealthChecksParts) {
    this.#parts = parts;
  }

  start(): void {
    if (this.#parts.intervalMs > 0) this.#schedule();
  }

  /** What is under way is not noted: that it could not be finished says nothing of the upstream. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  /** Checks everything that is due. */
  async run(): Promise<void> {
    const { clock, em } = this.#parts;
    for (let taken = CONCURRENCY; taken === CONCURRENCY && !this.#isStopping;) {
      const due = await takeDueChecks(em.fork(), new Date(clock.nowMs()), CONCURRENCY);
      await Promise.all(due.map((check) => this.#check(check)));
      taken = due.length;
    }
  }

  /** Passes do not overlap. One that fails is made up for by the next. */
  #schedule(): void {
    const { intervalMs } = this.#parts;
    const look = () => {
      this.#running = this.run()
        .catch((cause: unknown) =>
          this.#parts.logger.warn({ event: 'health_checks_failed', err: cause }, 'checking upstreams failed and is tried again'),
        )
        .finally(() => (this.#isStopping ? undefined : this.#schedule()));
    };
    this.#timer = setTimeout(look, withJitter(Math.min(LOOK_MS, intervalMs / 2))).unref();
  }

  async #check(due: DueCheck): Promise<void> {
    const { check, clock, em, intervalMs } = this.#parts;
    const error = (await check(due))?.slice(0, MAX_ERROR_LENGTH);
    if (this.#isStopping) return;
    const nowMs = clock.nowMs();
    const pauseMs = error === undefined ? intervalMs : intervalMs / HASTE;
    await noteResult(em.fork(), due, { error, checkedAt: new Date(nowMs), nextCheckAt: new Date(nowMs + withJitter(pauseMs)) });
  }
}

function withJitter(ms: number): number {
  return ms * (1 + JITTER * (2 * Math.random() - 1));
}
