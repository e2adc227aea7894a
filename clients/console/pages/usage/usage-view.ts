import type { UsageByDimensionQuery, UsageInterval, UsageNamesQuery, UsageOverTimeQuery } from '../../generated/graphql.ts';
import { texts } from '../../texts/usage.ts';
import type { Dimension, Period } from './usage-search.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const SIZES: Record<Period, { readonly ms: number; readonly interval: UsageInterval; readonly stepMs: number }> = {
  hour: { ms: HOUR_MS, interval: 'MINUTE', stepMs: MINUTE_MS },
  day: { ms: DAY_MS, interval: 'HOUR', stepMs: HOUR_MS },
  week: { ms: 7 * DAY_MS, interval: 'HOUR', stepMs: HOUR_MS },
  month: { ms: 30 * DAY_MS, interval: 'DAY', stepMs: DAY_MS },
};

/** A period that ends now, in whole parts. */
export interface Range {
  readonly since: string;
  readonly until: string;
  readonly interval: UsageInterval;
  readonly stepMs: number;
}

export function toRange(period: Period, nowMs: number): Range {
  const { ms, interval, stepMs } = SIZES[period];
  const untilMs = Math.ceil((nowMs + 1) / stepMs) * stepMs;
  return { since: new Date(untilMs - ms).toISOString(), until: new Date(untilMs).toISOString(), interval, stepMs };
}

/** One part of the period, as the charts want it. */
export interface ChartPoint {
  readonly label: string;
  readonly completed: number;
  readonly errors: number;
  readonly refusals: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
}

/** Every part of the period, those without calls included: a chart without them would draw over the silence. */
export function toChart(points: UsageOverTimeQuery['usage'], { since, until, stepMs }: Range): readonly ChartPoint[] {
  const known = new Map(points.map((point) => [Date.parse(point.start), point]));
  const chart: ChartPoint[] = [];
  for (let atMs = Date.parse(since); atMs < Date.parse(until); atMs += stepMs) {
    const point = known.get(atMs);
    const { calls = 0, errors = 0, refusals = 0 } = point ?? {};
    chart.push({
      label: toLabel(atMs, stepMs),
      completed: calls - errors - refusals,
      errors,
      refusals,
      p50Ms: point?.p50Ms ?? null,
      p95Ms: point?.p95Ms ?? null,
    });
  }
  return chart;
}

const day = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric', timeZone: 'UTC' });
const hour = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hour12: false });
const minute = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hour12: false });

/** Days of the log are days in UTC. */
function toLabel(atMs: number, stepMs: number): string {
  return (stepMs >= DAY_MS ? day : stepMs >= HOUR_MS ? hour : minute).format(atMs);
}

type Counted = UsageByDimensionQuery['usage'][number];

/** A row of the table: whom or what was counted. */
export interface UsageRow extends Counted {
  readonly key: string;
  readonly name: string;
}

/** The busiest first. */
export function toRows(
  counted: UsageByDimensionQuery['usage'],
  dimension: Dimension,
  names: UsageNamesQuery | undefined,
): readonly UsageRow[] {
  const known = toNames(names);
  return counted
    .map((item) => {
      const key = findKey(item, dimension);
      return { ...item, key: key ?? '', name: key == null ? texts.unknown[dimension] : (known.get(key) ?? key) };
    })
    .toSorted((a, b) => b.calls - a.calls);
}

function toNames(names: UsageNamesQuery | undefined): ReadonlyMap<string, string> {
  const { mcpServers, workspaces, users, apiKeys } = names?.organization ?? {};
  const all = [mcpServers, workspaces, users, apiKeys].flatMap<{ readonly id: string; readonly name: string }>((list) => list?.nodes ?? []);
  return new Map(all.map(({ id, name }) => [id, name]));
}

function findKey(item: Counted, dimension: Dimension): string | null | undefined {
  switch (dimension) {
    case 'SERVER':
      return item.mcpServerId;
    case 'CAPABILITY':
      return item.capabilityName;
    case 'USER':
      return item.userId;
    case 'API_KEY':
      return item.apiKeyId;
    case 'CLIENT':
      return item.clientName;
    case 'WORKSPACE':
      return item.workspaceId;
  }
}
