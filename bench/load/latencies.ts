import { findPercentile } from '../measure/statistics.ts';

/** How long requests took, in milliseconds. */
export interface LatencySummary {
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly maxMs: number;
}

export function toLatencySummary(latenciesMs: readonly number[]): LatencySummary {
  const sorted = Float64Array.from(latenciesMs).sort();
  return {
    p50Ms: findPercentile(sorted, 0.5),
    p90Ms: findPercentile(sorted, 0.9),
    p99Ms: findPercentile(sorted, 0.99),
    p999Ms: findPercentile(sorted, 0.999),
    maxMs: sorted.at(-1) ?? NaN,
  };
}
