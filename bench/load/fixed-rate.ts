import { isSuccess, RawConnection, type RawAnswer } from './raw-connection.ts';
import { toLatencySummary, type LatencySummary } from './latencies.ts';
import { toRandom } from './random.ts';

export interface FixedRateOptions {
  readonly port: number;
  /** Prepared requests, sent in turn. */
  readonly requests: readonly Buffer[];
  readonly perSecond: number;
  readonly seconds: number;
  readonly connections: number;
  /** How long at the start latencies do not count, in seconds; the calls do. Default 0. */
  readonly leadInSeconds?: number;
  /** Calls back for each answer, with the time at which its request was due. */
  readonly onAnswer?: (dueAtMs: number, latencyMs: number) => void;
}

export interface FixedRateResult extends LatencySummary {
  readonly offered: number;
  readonly answered: number;
  readonly failures: number;
  /** Answers a second; below the offered rate where the target could not keep up. */
  readonly perSecond: number;
}

/** How long the generator sleeps when there is nothing to do, in milliseconds: the precision at which it sends. */
const NAP_MS = 0.05;

/** How long answers are waited for after the last request was due, in milliseconds. */
const GRACE_MS = 5_000;

/**
 * An open loop: requests are due at random times (Poisson) whatever became of those before, and a latency counts from the time at
 * which its request was due. A target that stalls is charged for every request that had to wait (no coordinated omission).
 */
export function runFixedRate(options: FixedRateOptions): Promise<FixedRateResult> {
  return new FixedRateRun(options).run();
}

class FixedRateRun {
  readonly #options: FixedRateOptions;
  readonly #idle: RawConnection[] = [];
  readonly #due: number[] = [];
  readonly #latencies: number[] = [];
  readonly #random = toRandom(1);
  #nextDue = 0;
  #head = 0;
  #answered = 0;
  #failures = 0;
  #turn = 0;
  #countFrom = 0;

  constructor(options: FixedRateOptions) {
    this.#options = options;
  }

  async run(): Promise<FixedRateResult> {
    const { port, connections, leadInSeconds = 0, seconds } = this.#options;
    const all = Array.from({ length: connections }, () => new RawConnection(port));
    await Promise.all(all.map((connection) => connection.connect()));
    this.#idle.push(...all);
    const startedAt = performance.now();
    const endAt = startedAt + seconds * 1_000;
    this.#nextDue = startedAt;
    this.#countFrom = startedAt + leadInSeconds * 1_000;
    await new Promise<void>((resolve) => this.#turnAround(endAt, resolve));
    const elapsed = (Math.max(performance.now(), endAt) - startedAt) / 1_000;
    for (const connection of all) connection.close();
    const answered = this.#answered;
    const failures = this.#due.length - answered;
    return { offered: this.#due.length, answered, failures, perSecond: answered / elapsed, ...toLatencySummary(this.#latencies) };
  }

  #turnAround(endAt: number, resolve: () => void): void {
    const now = performance.now();
    while (this.#nextDue <= now && this.#nextDue < endAt) {
      this.#due.push(this.#nextDue);
      this.#nextDue += (-Math.log(1 - this.#random()) * 1_000) / this.#options.perSecond;
    }
    while (this.#head < this.#due.length && this.#idle.length > 0) this.#send(this.#idle.pop()!, this.#due[this.#head++]!);
    const isComplete = this.#answered + this.#failures === this.#due.length;
    if (now >= endAt && (isComplete || now >= endAt + GRACE_MS)) return resolve();
    Atomics.wait(NAP_CELL, 0, 0, NAP_MS); // a timer would be due a millisecond later at best, and a busy loop would take the upstream's core
    setImmediate(() => this.#turnAround(endAt, resolve));
  }

  #send(connection: RawConnection, dueAt: number): void {
    const { requests, onAnswer } = this.#options;
    connection.send(requests[this.#turn++ % requests.length]!, (answer: RawAnswer | Error) => {
      this.#idle.push(connection);
      if (!isSuccess(answer)) return void this.#failures++;
      const latency = performance.now() - dueAt;
      this.#answered++;
      if (dueAt >= this.#countFrom) this.#latencies.push(latency);
      onAnswer?.(dueAt, latency);
    });
  }
}

const NAP_CELL = new Int32Array(new SharedArrayBuffer(4));
