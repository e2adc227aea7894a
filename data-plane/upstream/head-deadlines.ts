/** Something that waits for the head of an upstream's answer. */
export interface HeadWaiter {
  /** When the head has to be there, in milliseconds since the epoch. */
  readonly headDueAtMs: number;
  /** Where it stands among those that wait; -1 where it does not. Kept by {@link HeadDeadlines}. */
  waitingAt: number;
  /** The head is late. Called once. */
  onHeadOverdue(): void;
}

/** How often it is looked whose head is late, in milliseconds: how much later than due it may be found out. */
const CHECK_INTERVAL_MS = 250;

/** The upstream took too long. */
export class HeadTimeoutError extends Error {
  override readonly name = 'HeadTimeoutError';
  readonly code = 'SLUICE_HEAD_TIMEOUT';
}

/**
 * Finds upstreams that take too long to answer. One timer serves all calls: one for each costs more than to look at those that wait.
 *
 * Those that wait stand in an array. A `Set` that calls enter and leave makes itself a new table every hundred calls, and each old table
 * keeps the next one reachable, with all that stood in it: calls that are long over then live until the next full collection, and every
 * small one has to copy them.
 */
export class HeadDeadlines {
  readonly #waiting: HeadWaiter[] = [];

  constructor() {
    setInterval(() => this.#check(Date.now()), CHECK_INTERVAL_MS).unref();
  }

  add(waiter: HeadWaiter): void {
    if (waiter.waitingAt >= 0) return;
    waiter.waitingAt = this.#waiting.push(waiter) - 1;
  }

  /** The head came, or nobody waits for it any longer. */
  delete(waiter: HeadWaiter): void {
    const position = waiter.waitingAt;
    if (position < 0) return;
    waiter.waitingAt = -1;
    const last = this.#waiting.pop()!;
    if (last === waiter) return;
    this.#waiting[position] = last;
    last.waitingAt = position;
  }

  /** From the end, because the last one takes the place of one that goes. */
  #check(nowMs: number): void {
    for (let position = this.#waiting.length - 1; position >= 0; position--) {
      const waiter = this.#waiting[position];
      if (waiter === undefined || waiter.headDueAtMs > nowMs) continue;
      this.delete(waiter);
      waiter.onHeadOverdue();
    }
  }
}
