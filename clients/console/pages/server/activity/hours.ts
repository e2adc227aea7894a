const HOUR_MS = 3_600_000;
const HOURS = 24;

/** What happened in an hour. */
export interface Hour {
  readonly start: string;
  readonly calls: number;
  readonly errors: number;
  readonly refusals: number;
}

/** The last 24 hours, the present one included: the same for as long as it lasts. */
export function toLastDay(nowMs: number): { readonly since: string; readonly until: string } {
  const untilMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS + HOUR_MS;
  return { since: new Date(untilMs - HOURS * HOUR_MS).toISOString(), until: new Date(untilMs).toISOString() };
}

/** Each hour since then, also those in which nothing happened. */
export function toHours(since: string, points: readonly Hour[]): readonly Hour[] {
  const known = new Map(points.map((point) => [Date.parse(point.start), point]));
  return Array.from({ length: HOURS }, (_, position) => {
    const startMs = Date.parse(since) + position * HOUR_MS;
    return known.get(startMs) ?? { start: new Date(startMs).toISOString(), calls: 0, errors: 0, refusals: 0 };
  });
}
