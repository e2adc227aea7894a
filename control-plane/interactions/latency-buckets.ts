/**
 * Logarithmic buckets: each ends 1.25 times higher than the one before, so that a percentile is at most a quarter too high, whatever
 * its size. What is counted by `traffic_usage` has the same ones.
 */
const GROWTH = 1.25;
/** The number of the last bucket: about 21 hours. */
const LAST = 81;

/** SQL that says in which bucket a column of milliseconds falls. */
export function toBucketSql(column: string): string {
  return `CASE WHEN ${column} <= 1 THEN 0 ELSE least(${LAST}, ceil(ln(${column}::float8) / ${Math.log(GROWTH)})::int) END`;
}

/** The upper end of a bucket, in milliseconds. */
export function toBucketEnd(bucket: number): number {
  return Math.round(GROWTH ** bucket * 10) / 10;
}

/** How many milliseconds at most so large a part of the counted calls took; null where none was counted. */
export function findPercentile(counts: ReadonlyMap<number, number>, part: number): number | null {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  let seen = 0;
  for (const bucket of [...counts.keys()].sort((a, b) => a - b)) {
    seen += counts.get(bucket)!;
    if (seen >= total * part) return toBucketEnd(bucket);
  }
  return null;
}
