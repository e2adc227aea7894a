import { WINDOW_SLICES } from '../../contract/rate-limit.ts';
import type { LimitCount } from './limit-counts.ts';
import { ADMITTED, SLOT_RETRY_MS, type LimitOutcome } from './limit-outcome.ts';

/** How many counts a process keeps. The ones unused for longest go first. */
const MAX_COUNTS = 50_000;

/** Counts in the memory of one process: what limits come to while Redis is away. */
export class LocalCounts {
  /** Slices of windows by their number, in the order of the windows' last use. */
  readonly #windows = new Map<string, Map<number, number>>();

  /**
   * Counts a call, unless one of its counts is full.
   * @param processes among how many processes each limit is shared out; a share is at least 1.
   * @param slotsOf how many calls of this process hold a slot of a count.
   */
  admit(counts: readonly LimitCount[], processes: number, nowMs: number, slotsOf: (key: string) => number): LimitOutcome {
    for (const count of counts) {
      const { maxConcurrent, rate } = count.limit;
      if (rate !== undefined) {
        const retryAfterMs = this.#findPause(count, toShare(rate.maxRequests, processes), rate.windowMs, nowMs);
        if (retryAfterMs !== undefined) return { kind: 'full', count, bound: 'rate', retryAfterMs };
      }
      if (maxConcurrent !== undefined && slotsOf(count.key) >= toShare(maxConcurrent, processes)) {
        return { kind: 'full', count, bound: 'concurrency', retryAfterMs: SLOT_RETRY_MS };
      }
    }
    for (const count of counts) this.#note(count, nowMs);
    return ADMITTED;
  }

  /** How long until there is room, in milliseconds; undefined where there is. */
  #findPause({ key, requests }: LimitCount, max: number, windowMs: number, nowMs: number): number | undefined {
    const slices = this.#windows.get(`${key}:${windowMs}`) ?? new Map<number, number>();
    const sliceMs = toSliceMs(windowMs);
    const current = Math.floor(nowMs / sliceMs);
    for (const slice of slices.keys()) if (slice < current - WINDOW_SLICES || slice > current + 1) slices.delete(slice);
    let excess = requests - max;
    for (const counted of slices.values()) excess += counted;
    if (excess <= 0) return undefined;
    for (const [slice, counted] of slices) {
      excess -= counted;
      if (excess <= 0) return (slice + WINDOW_SLICES + 1) * sliceMs - nowMs;
    }
    return windowMs;
  }

  #note({ key, limit, requests }: LimitCount, nowMs: number): void {
    if (limit.rate === undefined) return;
    const name = `${key}:${limit.rate.windowMs}`;
    const slices = this.#windows.get(name) ?? new Map<number, number>();
    this.#windows.delete(name);
    if (this.#windows.size >= MAX_COUNTS) this.#windows.delete(this.#windows.keys().next().value!);
    this.#windows.set(name, slices);
    const slice = Math.floor(nowMs / toSliceMs(limit.rate.windowMs));
    slices.set(slice, (slices.get(slice) ?? 0) + requests);
  }
}

function toShare(max: number, processes: number): number {
  return Math.max(1, Math.floor(max / processes));
}

function toSliceMs(windowMs: number): number {
  return Math.ceil(windowMs / WINDOW_SLICES);
}
