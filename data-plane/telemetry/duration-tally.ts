/** Upper bounds of the buckets, in milliseconds. */
export const DURATION_BUCKETS_MS = [
  0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000,
] as const;

/** Durations by bucket: what a histogram needs, at the price of two additions a request. */
export class DurationTally {
  /** How many durations fell into each bucket and no lower one; the last is for those above every bound. */
  readonly counts: number[] = Array.from({ length: DURATION_BUCKETS_MS.length + 1 }, () => 0);
  sumMs = 0;

  note(durationMs: number): void {
    let bucket = 0;
    // Most durations are short, so the search ends at once.
    while (bucket < DURATION_BUCKETS_MS.length && durationMs > DURATION_BUCKETS_MS[bucket]!) bucket++;
    this.counts[bucket]!++;
    this.sumMs += durationMs;
  }
}
