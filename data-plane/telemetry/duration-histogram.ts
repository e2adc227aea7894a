import type { Histogram, Registry } from 'prom-client';
import { DURATION_BUCKETS_MS, type DurationTally } from './duration-tally.ts';

/** Durations by the method they belong to. */
export type DurationsByMethod = Iterable<readonly [method: string, durations: DurationTally]>;

/** Shows tallies as a Prometheus histogram in seconds, read when they are scraped. */
export function addDurationHistogram(registry: Registry, name: string, help: string, read: () => DurationsByMethod): void {
  const facts = { name, help, type: 'histogram', aggregator: 'sum' };
  const toAllValues = () => [...read()].flatMap(([method, durations]) => toValues(name, method, durations));
  const metric = { ...facts, get: () => Promise.resolve({ ...facts, values: toAllValues() }) };
  // A registry asks a metric for its name and for `get`; the library's own histogram does more with each duration than is needed.
  registry.registerMetric(metric as unknown as Histogram);
}

/** Prometheus counts a duration in every bucket whose bound it does not exceed. */
function toValues(name: string, method: string, durations: DurationTally) {
  let total = 0;
  const buckets = durations.counts.map((count, bucket) => {
    total += count;
    const boundMs = DURATION_BUCKETS_MS[bucket];
    const le = boundMs === undefined ? '+Inf' : boundMs / 1_000;
    return { metricName: `${name}_bucket`, labels: { le, method }, value: total };
  });
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels: { method }, value: durations.sumMs / 1_000 },
    { metricName: `${name}_count`, labels: { method }, value: total },
  ];
}
