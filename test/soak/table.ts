import type { Tally } from './life.ts';
import type { Measurement } from './measurement.ts';

const WIDTHS = [10, 10, 10, 10, 22, 18, 22, 18];

export function printHead(): void {
  printRow(['', 'seconds', 'clients', 'calls', 'replicas, MiB held', 'their descriptors', 'control plane, MiB', 'upstream sessions']);
}

/** One moment. @param phase what was going on. */
export function printMeasurement(phase: string, startedAtMs: number, tally: Tally, measured: Measurement): void {
  printRow([
    phase,
    ((measured.atMs - startedAtMs) / 1_000).toFixed(0),
    String(tally.lives),
    String(tally.calls),
    measured.replicas.map(({ bytes }) => toMebibytes(bytes)).join(' + '),
    measured.replicas.map(({ descriptors }) => descriptors).join(' + '),
    toMebibytes(measured.controlPlane.bytes),
    String(measured.upstreamSessions),
  ]);
}

function toMebibytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(1);
}

function printRow(cells: readonly string[]): void {
  process.stdout.write(`${cells.map((cell, i) => cell.padEnd(WIDTHS[i]!)).join('').trimEnd()}\n`); // prettier-ignore
}
