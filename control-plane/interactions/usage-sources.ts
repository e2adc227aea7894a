import type { UsageInterval } from './usage.type.ts';

/** Where a part of the asked time is counted: from the events themselves, or from what was counted when they were written. */
export interface UsageSource {
  readonly table: 'events' | 'hours' | 'days';
  readonly fromMs: number;
  readonly toMs: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** What `traffic_usage` is counted by, each for itself; the first that has everything is read, so the smallest ones stand first. */
const FACETS: readonly (readonly string[])[] = [
  ['workspace_id'],
  ['server_id'],
  ['workspace_id', 'client_name'],
  ['workspace_id', 'user_id', 'key_id'],
  ['workspace_id', 'server_id'],
  ['server_id', 'capability_name'],
];

/** The bits of `facet`, from the highest to the lowest (see the migration that makes `traffic_usage`). */
const BITS = ['workspace_id', 'server_id', 'capability_name', 'user_id', 'key_id', 'client_name'];

/** Names that strangers invent. Only so many are counted by themselves, so that the others are not found by their name. */
const NAMES = ['capability_name', 'client_name'];

/** The columns of the facet that can be counted by these and told apart by those; undefined where none can. */
export function findFacet(groups: readonly string[], conditions: readonly string[]): readonly string[] | undefined {
  if (conditions.some((column) => NAMES.includes(column))) return undefined;
  return FACETS.find((facet) => [...groups, ...conditions].every((column) => facet.includes(column)));
}

/** The number of a facet. */
export function toFacetNumber(facet: readonly string[]): number {
  return BITS.reduce((number, column) => number * 2 + (facet.includes(column) ? 0 : 1), 0);
}

/** Hours and days that are not counted, or not any longer, by when they begin. */
export interface Uncounted {
  readonly hours: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
}

/**
 * Cuts a time into whole days where a part may be so long, whole hours, and what is left: parts of hours at its ends, and what is not
 * counted.
 */
export function cutTime(sinceMs: number, untilMs: number, interval: UsageInterval, { hours, days }: Uncounted): UsageSource[] {
  const sources: UsageSource[] = [];
  for (let fromMs = sinceMs; fromMs < untilMs;) {
    const source = findSource(fromMs);
    const last = sources.at(-1);
    if (last?.table === source.table) sources.splice(-1, 1, { ...last, toMs: source.toMs });
    else sources.push(source);
    fromMs = source.toMs;
  }
  return sources;

  function findSource(fromMs: number): UsageSource {
    const [hourEnd, dayEnd] = [HOUR_MS, DAY_MS].map((unit) => (Math.floor(fromMs / unit) + 1) * unit) as [number, number];
    if (interval === 'MINUTE') return { table: 'events', fromMs, toMs: untilMs };
    if (interval !== 'HOUR' && fromMs % DAY_MS === 0 && dayEnd <= untilMs && isDayCounted(fromMs))
      return { table: 'days', fromMs, toMs: dayEnd };
    if (fromMs % HOUR_MS === 0 && hourEnd <= untilMs && !hours.has(fromMs)) return { table: 'hours', fromMs, toMs: hourEnd };
    return { table: 'events', fromMs, toMs: Math.min(hourEnd, untilMs) };
  }

  /** The sum of a day whose hours are counted again is the old one. */
  function isDayCounted(fromMs: number): boolean {
    return !days.has(fromMs) && Array.from({ length: 24 }, (_, hour) => fromMs + hour * HOUR_MS).every((hour) => !hours.has(hour));
  }
}
