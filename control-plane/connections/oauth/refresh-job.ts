import type { Logger } from '../../../foundation/logger.ts';
import type { TokenService } from './token-service.ts';
import type { TokenStore } from './token-store.ts';

/** How often it looks for tokens to be renewed, at least and at most, in milliseconds: not all control planes at once. */
const SHORTEST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 2_000;
/** Tokens renewed together. */
const BATCH = 4;
/** How long a claimed token is left alone by others, in milliseconds: a control plane that dies in between delays it by that. */
const CLAIM_MS = 30_000;

/** Renews tokens ahead of time. Every control plane may run it; they share the work. */
export class RefreshJob {
  readonly #store: TokenStore;
  readonly #tokens: TokenService;
  readonly #logger: Logger;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #isStopping = false;

  constructor(store: TokenStore, tokens: TokenService, logger: Logger) {
    this.#store = store;
    this.#tokens = tokens;
    this.#logger = logger;
  }

  /** Puts the tokens back into Redis that it does not have, and begins to look. */
  start(): void {
    this.restore();
    this.#schedule();
  }

  /** Redis may have lost its tokens while it was away. */
  restore(): void {
    if (this.#isStopping) return;
    this.#running = this.#running.then(() => this.#tokens.restoreAll()).catch((cause: unknown) => this.#warn(cause));
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  /** Renews what is due, until nothing is. */
  async run(): Promise<void> {
    for (let count = BATCH; count === BATCH && !this.#isStopping;) {
      const due = await this.#store.claimDue(BATCH, CLAIM_MS);
      await Promise.all(due.map(({ connectionId, serial }) => this.#tokens.renew(connectionId, serial)));
      count = due.length;
    }
  }

  #schedule(): void {
    const pauseMs = SHORTEST_PAUSE_MS + Math.random() * (LONGEST_PAUSE_MS - SHORTEST_PAUSE_MS);
    this.#timer = setTimeout(() => {
      this.#running = this.#running
        .then(() => this.run())
        .catch((cause: unknown) => this.#warn(cause))
        .then(() => (this.#isStopping ? undefined : this.#schedule()));
    }, pauseMs).unref();
  }

  #warn(cause: unknown): void {
    this.#logger.warn({ event: 'upstream_token_refresh_failed', err: cause }, 'looking for tokens to be renewed failed and is tried again');
  }
}
