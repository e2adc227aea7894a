import type { Spread } from '../measure/statistics.ts';

/** A column of a row's table. */
export interface Column {
  readonly key: string;
  readonly title: string;
  /** Decimals of its numbers. */
  readonly digits?: number;
}

/** One value of a line: a text, a number, or several measurements of a number. */
export type Cell = string | number | Spread;

/** A promise of architecture.md section 10 or of the issue, and what came of it. */
export interface Budget {
  readonly name: string;
  readonly limit: string;
  readonly measured: string;
  readonly isMet: boolean;
}

/** What a row found out. */
export interface RowReport {
  readonly name: string;
  readonly title: string;
  readonly columns: readonly Column[];
  readonly lines: readonly Readonly<Record<string, Cell>>[];
  readonly budgets: readonly Budget[];
  /** What one has to know to read the numbers. */
  readonly notes: readonly string[];
}

/** A budget on a number that must not be above its limit. */
export function atMost(name: string, measured: number, limit: number, unit: string, digits = 2): Budget {
  const format = (value: number) => `${value.toFixed(digits)}${unit}`;
  return { name, limit: `≤ ${format(limit)}`, measured: format(measured), isMet: measured <= limit };
}
