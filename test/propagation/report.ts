import { findPercentile } from '../../bench/measure/statistics.ts';
import type { Propagation } from './measure-changes.ts';
import type { Shipment } from './shipped-bytes.ts';
import type { Footprint } from './snapshot-footprint.ts';

/** Budget of architecture.md section 3, in milliseconds, for the 99th percentile. It is shown, not enforced: the machine may be busy. */
const BUDGET_MS = 100;

/** A table of how long changes took, one line a kind of change and one for all. */
export function describePropagation(measured: readonly Propagation[]): string {
  const kinds = [...new Set(measured.map(({ kind }) => kind))];
  const rows = [...kinds.map((kind) => toRow(kind, measured.filter((one) => one.kind === kind))), toRow('all', measured)]; // prettier-ignore
  const head = [
    'commit → enforced on every data plane',
    'changes',
    'p50 ms',
    'p90 ms',
    'p99 ms',
    'max ms',
    'p50 ms until commit',
    'p50 ms from the mutation',
    'p99 ms',
  ];
  return `${toTable([head, ...rows])}\n  budget: p99 ≤ ${BUDGET_MS} ms`;
}

export function describeShipments(shipments: readonly Shipment[]): string {
  const bytes = shipments.map((shipment) => shipment.bytes).sort((a, b) => a - b);
  const documents = shipments.map((shipment) => shipment.documents).sort((a, b) => a - b);
  const at = (sorted: readonly number[], share: number) => String(findPercentile(sorted, share));
  return toTable([
    ['shipped to a data plane per change', 'p50', 'max'],
    ['documents', at(documents, 0.5), at(documents, 1)],
    ['bytes (delta and bodies)', at(bytes, 0.5), at(bytes, 1)],
  ]);
}

export function describeFootprint({ routes, heapBytes, startFromRedisMs, startWithFileMs }: Footprint): string {
  return toTable([
    ['a loaded snapshot', ''],
    ['routes', String(routes)],
    ['bytes held per route (budget 500)', (heapBytes / routes).toFixed(0)],
    ['ms until in force, from Redis (budget 2000)', startFromRedisMs.toFixed(0)],
    ['ms until in force, with the last-good file (budget 1000)', startWithFileMs.toFixed(0)],
  ]);
}

function toRow(kind: string, measured: readonly Propagation[]): string[] {
  const enforced = measured.map(({ enforcedMs }) => enforcedMs).sort((a, b) => a - b);
  const commits = measured.map(({ commitMs }) => commitMs).sort((a, b) => a - b);
  const totals = measured.map(({ totalMs }) => totalMs).sort((a, b) => a - b);
  const shares = [0.5, 0.9, 0.99, 1].map((share) => findPercentile(enforced, share).toFixed(1));
  return [
    kind,
    String(measured.length),
    ...shares,
    findPercentile(commits, 0.5).toFixed(1),
    ...[0.5, 0.99].map((share) => findPercentile(totals, share).toFixed(1)),
  ];
}

function toTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) => `  ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join('  ')}`)
    .join('\n');
}
