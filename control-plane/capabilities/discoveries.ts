import type { EntityManager } from '@mikro-orm/postgresql';
import type { Clock } from '../../foundation/clock.ts';
import type { Logger } from '../../foundation/logger.ts';
import { hastenDiscoveries, noteDiscovery, takeDueDiscoveries } from './discovery-schedule.ts';

/** What the job works with. */
export interface DiscoveriesParts {
  readonly em: EntityManager;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long after a discovery the next one follows, in milliseconds; 0: never. */
  readonly intervalMs: number;
  /** Asks one upstream and keeps what it offers. Undefined where it could, or a sentence that says what is wrong. */
  readonly discover: (serverId: string) => Promise<string | undefined>;
  /** The servers whose lists changed as data planes saw it. Rejects while Redis is away. */
  readonly takeChanged: () => Promise<readonly string[]>;
}

/** How many upstreams a replica asks at once. */
const CONCURRENCY = 4;
/** How often it is looked whose turn it is, in milliseconds, give or take a fifth so that replicas do not look in step. */
const LOOK_MS = 1_000;
const JITTER = 0.2;
/** One that could not be asked is asked again so many times sooner. */
const HASTE = 5;

/** Keeps what is known of upstreams fresh: regularly, and when their lists change. All replicas of the control plane share the work. */
export class Discoveries {
  readonly #parts: DiscoveriesParts;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #isStopping = false;

  constructor(parts: DiscoveriesParts) {
    this.#parts = parts;
  }

  start(): void {
    if (this.#parts.intervalMs > 0) this.#schedule();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  /** Passes do not overlap. One that fails is made up for by the next. */
  #schedule(): void {
    const look = () => {
      this.#running = this.#run()
        .catch((cause: unknown) =>
          this.#parts.logger.warn(
            { event: 'discoveries_failed', err: cause },
            'asking upstreams what they offer failed and is tried again',
          ),
        )
        .finally(() => (this.#isStopping ? undefined : this.#schedule()));
    };
    this.#timer = setTimeout(look, withJitter(LOOK_MS)).unref();
  }

  async #run(): Promise<void> {
    const { clock, em, takeChanged } = this.#parts;
    const changed = await takeChanged().catch(() => []); // while Redis is away, the interval has to do
    await hastenDiscoveries(em.fork(), changed, new Date(clock.nowMs()));
    for (let taken = CONCURRENCY; taken === CONCURRENCY && !this.#isStopping;) {
      const due = await takeDueDiscoveries(em.fork(), new Date(clock.nowMs()), CONCURRENCY);
      await Promise.all(due.map((serverId) => this.#discover(serverId)));
      taken = due.length;
    }
  }

  async #discover(serverId: string): Promise<void> {
    const { clock, discover, em, intervalMs } = this.#parts;
    const attemptedAt = new Date(clock.nowMs());
    const error = await discover(serverId);
    if (this.#isStopping) return;
    const nextAt = new Date(clock.nowMs() + withJitter(error === undefined ? intervalMs : intervalMs / HASTE));
    await noteDiscovery(em.fork(), serverId, { error, attemptedAt, nextAt });
  }
}

function withJitter(ms: number): number {
  return ms * (1 + JITTER * (2 * Math.random() - 1));
}
