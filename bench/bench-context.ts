import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { BenchArguments } from './arguments.ts';
import type { RowReport } from './report/row-report.ts';

/** What every row works with. */
export interface BenchContext {
  readonly arguments: BenchArguments;
  /** Scratch space of the run. */
  readonly folder: string;
  readonly redisUrl: string;
  readonly redisDescription: string;
  /** Says on standard error what is being done: a run takes minutes. */
  progress(text: string): void;
}

/** Something that is measured, under the name by which it is asked for. */
export interface Row {
  readonly name: string;
  readonly title: string;
  /** Whether it is part of a quick run. */
  readonly isQuick: boolean;
  run(context: BenchContext): Promise<RowReport>;
}

/** A folder of its own within the scratch space. */
export async function makeFolder(context: BenchContext, name: string): Promise<string> {
  const folder = path.join(context.folder, name);
  await mkdir(folder, { recursive: true });
  return folder;
}
