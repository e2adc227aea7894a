import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { BenchArguments } from '../arguments.ts';
import type { Machine } from './machine.ts';
import type { RowReport } from './row-report.ts';

/** What a run found out, as it is written to a file. */
export interface Results {
  readonly machine: Machine;
  readonly command: string;
  readonly arguments: BenchArguments;
  readonly redis: string;
  readonly reports: readonly RowReport[];
  /** Names of rows that could not be measured. */
  readonly failures: readonly string[];
}

const FOLDER = 'results';

/** Writes results to the file of their run and resolves with its name. */
export async function writeResults(results: Results): Promise<string> {
  await mkdir(FOLDER, { recursive: true });
  const file = path.join(FOLDER, `bench-${results.machine.date.replaceAll(/[:.]/g, '-')}.json`);
  await writeFile(file, `${JSON.stringify(results, null, 2)}\n`);
  return file;
}

export async function readResults(file: string): Promise<Results> {
  return JSON.parse(await readFile(file, 'utf8')) as Results;
}
