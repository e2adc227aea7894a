import type { Cell, Column, RowReport } from './row-report.ts';

/** The report of one row as Markdown, which also reads well on a terminal. */
export function toMarkdown(report: RowReport): string {
  const header = report.columns.map((column) => column.title);
  const rows = report.lines.map((line) => report.columns.map((column) => formatCell(line[column.key], column)));
  const budgets = report.budgets.map(
    ({ name, limit, measured, isMet }) => `- ${isMet ? 'met' : '**not met**'}: ${name} ${measured} (${limit})`,
  );
  const notes = report.notes.map((note) => `- ${note}`);
  const parts = [`### ${report.name}: ${report.title}`, toTable([header, ...rows]), [...budgets, ...notes].join('\n')];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** Rows of cells as a Markdown table; the first row is its head. */
export function toTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(3, ...rows.map((row) => row[column]!.length)));
  const toLine = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join(' | ')} |`;
  const rule = `| ${widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [toLine(rows[0]!), rule, ...rows.slice(1).map(toLine)].join('\n');
}

/** A cell as text; a spread with its least and its most. */
export function formatCell(cell: Cell | undefined, column: Column): string {
  if (cell === undefined) return '–';
  if (typeof cell === 'string') return cell;
  const format = (value: number) => (Number.isFinite(value) ? groupDigits(value.toFixed(column.digits ?? 0)) : '–');
  if (typeof cell === 'number') return format(cell);
  return cell.min === cell.max ? format(cell.median) : `${format(cell.median)} (${format(cell.min)}–${format(cell.max)})`;
}

function groupDigits(text: string): string {
  return text.replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ',');
}
