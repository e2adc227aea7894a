/**
 * How much a process keeps for calls that wait for their client's answer to a question. Such a call costs memory for as long as a client
 * likes to think, so there is an end to how many, and to how large.
 */
export class ParkedBudget {
  readonly #maxCalls: number;
  readonly #maxBytes: number;
  #calls = 0;
  #bytes = 0;

  constructor(maxCalls: number, maxBytes: number) {
    this.#maxCalls = maxCalls;
    this.#maxBytes = maxBytes;
  }

  /** How many calls are parked. */
  get size(): number {
    return this.#calls;
  }

  /** Whether there is room; if so it is taken until {@link release} is called with the same number of bytes. */
  take(bytes: number): boolean {
    if (this.#calls >= this.#maxCalls || this.#bytes + bytes > this.#maxBytes) return false;
    this.#calls++;
    this.#bytes += bytes;
    return true;
  }

  release(bytes: number): void {
    this.#calls--;
    this.#bytes -= bytes;
  }
}
