import { Roster } from '../roster.ts';

/** Something that waits for the head of an upstream's answer. */
export interface HeadWaiter {
  /** When the head has to be there, in milliseconds since the epoch. */
  readonly headDueAtMs: number;
  /** Its place in a `Roster`. */
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

/** Finds upstreams that take too long to answer. One timer serves all calls: one for each costs more than to look at those that wait. */
export class HeadDeadlines {
  readonly #waiting = new Roster<'waitingAt', HeadWaiter>('waitingAt');

  constructor() {
    setInterval(() => this.#check(Date.now()), CHECK_INTERVAL_MS).unref();
  }

  add(waiter: HeadWaiter): void {
    this.#waiting.add(waiter);
  }

  /** The head came, or nobody waits for it any longer. */
  delete(waiter: HeadWaiter): void {
    this.#waiting.delete(waiter);
  }

  #check(nowMs: number): void {
    this.#waiting.visit((waiter) => {
      if (waiter.headDueAtMs > nowMs) return;
      this.#waiting.delete(waiter);
      waiter.onHeadOverdue();
    });
  }
}
