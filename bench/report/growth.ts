import { formatCell, toTable } from './print-report.ts';
import type { Cell, Column, RowReport } from './row-report.ts';

/** Lines of rows that measure the same at several sizes: what grows, how large it is, and where the line is. */
const STEPS: readonly {
  readonly grows: string;
  readonly size: string;
  readonly row: string;
  readonly where: Readonly<Record<string, Cell>>;
}[] = [
  step('routes, one call', '1', 'tools-call-unruled', { target: 'sluice' }),
  step('routes, one call', '1,000', 'mixed-1000x1000', { target: 'sluice' }),
  step('routes, one call', '100,000', 'mixed-100000', { target: 'sluice' }),
  step('routes, cold start from Redis', '1', 'cold-start', { routes: 1, source: 'Redis' }),
  step('routes, cold start from Redis', '10,000', 'cold-start', { routes: 10_000, source: 'Redis' }),
  step('routes, cold start from Redis', '100,000', 'cold-start', { routes: 100_000, source: 'Redis' }),
  step('tools in a list', '1', 'tools-list-1', { target: 'sluice' }),
  step('tools in a list', '200', 'tools-list-200', { target: 'sluice' }),
  step('tools in a list', '200, filtered', 'tools-list-200-filtered', { target: 'sluice' }),
  step('tools in a list', '1,000', 'tools-list-1000', { target: 'sluice' }),
  step('idle streams', '100', 'idle-streams', { target: 'sluice', streams: 100 }),
  step('idle streams', '1,000', 'idle-streams', { target: 'sluice', streams: 1_000 }),
  step('idle streams', '10,000', 'idle-streams', { target: 'sluice', streams: 10_000 }),
  step('workers', '1', 'tools-call-small', { target: 'sluice' }),
  step('workers', '2', 'workers-2', { target: 'sluice' }),
];

const COLUMNS: readonly Column[] = [
  { key: 'perSecond', title: 'requests/s' },
  { key: 'cpuMicros', title: 'CPU µs/request', digits: 1 },
  { key: 'ratio', title: 'CPU ÷ bare', digits: 2 },
  { key: 'rssMb', title: 'RSS MB' },
  { key: 'readyMs', title: 'ready after ms' },
  { key: 'rssPerStream', title: 'KB/stream', digits: 1 },
  { key: 'restCpu', title: 'CPU at rest, %', digits: 2 },
  { key: 'deliverMs', title: 'event to all, ms' },
];

/** How cost grows, as one table: taken from the rows that measured it. */
export function toGrowth(reports: readonly RowReport[]): string {
  const lines = STEPS.flatMap(({ grows, size, row, where }) => {
    const found = reports.find(({ name }) => name === row)?.lines.find((line) => matches(line, where));
    return found === undefined ? [] : [[grows, size, ...COLUMNS.map((column) => formatCell(found[column.key], column))]];
  });
  return toTable([['what grows', 'to', ...COLUMNS.map(({ title }) => title)], ...lines]);
}

/** Numbers need not be exact: the limit of open files may allow a few streams less. */
function matches(line: Readonly<Record<string, Cell>>, where: Readonly<Record<string, Cell>>): boolean {
  return Object.entries(where).every(([key, value]) => {
    const found = line[key];
    return found === value || (typeof found === 'number' && typeof value === 'number' && Math.abs(found / value - 1) < 0.05);
  });
}

function step(grows: string, size: string, row: string, where: Readonly<Record<string, Cell>>) {
  return { grows, size, row, where };
}
