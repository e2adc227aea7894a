import { toAttributes, toNanoseconds, type AttributeValue } from './encoding.ts';

/** A metric as a Prometheus registry has it. */
export interface RegistryMetric {
  readonly name: string;
  readonly help: string;
  readonly type: string | number;
  readonly values: readonly RegistryValue[];
}

/** One of its values; those of histograms say which part of one they are. */
export interface RegistryValue {
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number | undefined>>;
  readonly metricName?: string | undefined;
}

/** Names of metrics that the semantic conventions have names for, with the names of their labels there. */
export type MetricAliases = ReadonlyMap<string, { readonly name: string; readonly labels: Readonly<Record<string, string>> }>;

/** OTLP, `AggregationTemporality`. */
const CUMULATIVE = 2;

/** Everything that a registry counts, under its own names and those of the conventions, one encoded metric each. */
export function encodeMetrics(metrics: readonly RegistryMetric[], aliases: MetricAliases, startMs: number, nowMs: number): string[] {
  const times = { startTimeUnixNano: toNanoseconds(startMs), timeUnixNano: toNanoseconds(nowMs) };
  return metrics.flatMap((metric) => {
    const alias = aliases.get(metric.name);
    const own = JSON.stringify({ name: metric.name, ...toData(metric, {}, times) });
    return alias === undefined ? [own] : [own, JSON.stringify({ name: alias.name, ...toData(metric, alias.labels, times) })];
  });
}

type Times = Readonly<Record<'startTimeUnixNano' | 'timeUnixNano', string>>;
type Renamed = Readonly<Record<string, string>>;

function toData({ help, type, name, values }: RegistryMetric, renamed: Renamed, times: Times): object {
  const unit = name.endsWith('_seconds') || name.endsWith('_seconds_total') ? 's' : name.endsWith('_bytes') ? 'By' : '1';
  const facts = { description: help, unit };
  if (type === 'histogram')
    return { ...facts, histogram: { dataPoints: toHistograms(name, values, renamed, times), aggregationTemporality: CUMULATIVE } };
  const dataPoints = values
    .filter(({ value }) => Number.isFinite(value))
    .map(({ labels, value }) => ({ attributes: toLabels(labels, renamed), ...times, asDouble: value }));
  return type === 'counter'
    ? { ...facts, sum: { dataPoints, aggregationTemporality: CUMULATIVE, isMonotonic: true } }
    : { ...facts, gauge: { dataPoints } };
}

interface HistogramPoint {
  readonly labels: RegistryValue['labels'];
  readonly bounds: number[];
  /** Prometheus counts a value in every bucket that it fits into. */
  readonly cumulative: number[];
  sum: number;
  count: number;
}

function toHistograms(name: string, values: readonly RegistryValue[], renamed: Renamed, times: Times): object[] {
  const points = new Map<string, HistogramPoint>();
  for (const { labels, metricName, value } of values) {
    const { le, ...rest } = labels;
    const key = JSON.stringify(rest);
    const point = points.get(key) ?? { labels: rest, bounds: [], cumulative: [], sum: 0, count: 0 };
    points.set(key, point);
    if (metricName === `${name}_sum`) point.sum = value;
    else if (metricName === `${name}_count`) point.count = value;
    else if (le !== '+Inf') {
      point.bounds.push(Number(le));
      point.cumulative.push(value);
    }
  }
  return [...points.values()].map(({ labels, bounds, cumulative, sum, count }) => ({
    attributes: toLabels(labels, renamed),
    ...times,
    count: String(count),
    sum,
    explicitBounds: bounds,
    bucketCounts: [...cumulative, count].map((total, i) => String(total - (i === 0 ? 0 : cumulative[i - 1]!))),
  }));
}

function toLabels(labels: RegistryValue['labels'], renamed: Renamed): object[] {
  return toAttributes(
    Object.fromEntries(Object.entries(labels).map(([label, value]) => [renamed[label] ?? label, value as AttributeValue])),
  );
}
