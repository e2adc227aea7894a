import { err, type Result } from '../../../foundation/result.ts';
import type { Rejection } from '../../request/rejection.ts';

/** How many calls of a process may wait for tokens at once. */
const MAX_WAITING = 10_000;

/** When a call may come again that found no room, in milliseconds. */
const RETRY_AFTER_MS = 1_000;

/** The calls of a process that wait for tokens: bounded, because each of them holds its body. */
export class WaitingRoom {
  readonly #maxWaiting: number;
  #waiting = 0;

  constructor(maxWaiting = MAX_WAITING) {
    this.#maxWaiting = maxWaiting;
  }

  /** Waits, where there is room. */
  async admit(wait: () => Promise<Result<void, Rejection>>): Promise<Result<void, Rejection>> {
    if (this.#waiting >= this.#maxWaiting) return err({ reason: 'credential_unavailable', retryAfterMs: RETRY_AFTER_MS });
    this.#waiting++;
    try {
      return await wait();
    } finally {
      this.#waiting--;
    }
  }
}
