import { format, toScore } from './compare.ts';
import type { SuiteResult } from './official-suite.ts';

interface MeasuredColumn {
  readonly name: string;
  readonly result: SuiteResult;
}

/** A row for each scenario, with passed and failed checks of each column. */
export function printScores(title: string, columns: readonly MeasuredColumn[]): void {
  const scenarios = [...new Set(columns.flatMap(({ result }) => [...result.keys()]))];
  const width = Math.max(title.length, ...scenarios.map((scenario) => scenario.length));
  const lines = scenarios.map((scenario) => [scenario, ...columns.map(({ result }) => scoreOf(result, scenario))]);
  const total = columns.map(({ result }) => format(toScore([...result.values()].flat())));
  const rows = [[title, ...columns.map(({ name }) => name)], ...lines, ['passed/failed in all', ...total]];
  for (const [first = '', ...cells] of rows)
    process.stdout.write(`${first.padEnd(width)}  ${cells.map((cell) => cell.padStart(13)).join('')}\n`);
}

function scoreOf(result: SuiteResult, scenario: string): string {
  const checks = result.get(scenario);
  return checks === undefined ? '–' : format(toScore(checks));
}
