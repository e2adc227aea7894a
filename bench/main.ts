// What the gateway costs, beside what other ways to the same upstream cost, in one run. `npm run bench -- --help` says how to use it.
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readArguments, USAGE, type BenchArguments } from './arguments.ts';
import type { Row } from './bench-context.ts';
import { startRedisProcess } from './hub/redis-process.ts';
import { killChildren } from './measure/child.ts';
import { leaveMeasuredCore } from './measure/cpu-placement.ts';
import { describeMachine, readMachine } from './report/machine.ts';
import { writePage } from './report/benchmark-page.ts';
import { toMarkdown } from './report/print-report.ts';
import { readResults, writeResults, type Results } from './report/results.ts';
import type { RowReport } from './report/row-report.ts';
import { listMissing } from './requirements.ts';
import { allRows } from './rows/all-rows.ts';

process.once('exit', killChildren);
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

if (process.argv.includes('--help')) print(USAGE);
else process.exitCode = await run(process.argv.slice(2));

async function run(argv: readonly string[]): Promise<number> {
  let args: BenchArguments;
  let rows: readonly Row[];
  try {
    args = readArguments(argv);
    rows = chooseRows(args);
  } catch (cause) {
    process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n\n${USAGE}\n`);
    return 2;
  }
  if (args.list) {
    for (const { name, title } of rows) print(`${name.padEnd(28)} ${title}`);
    return 0;
  }
  if (args.from.length > 0) {
    await writePage(await Promise.all(args.from.map(readResults)));
    return 0;
  }
  const missing = listMissing([args.dataPlane, args.controlPlane]);
  if (missing.length === 0) return measure(argv, args, rows);
  process.stderr.write(`${missing.join('\n')}\n`);
  return 2;
}

function chooseRows(args: BenchArguments): readonly Row[] {
  const unknown = args.only.filter((name) => allRows.every((row) => row.name !== name));
  if (unknown.length > 0) throw new Error(`There is no row ${unknown.join(' and no row ')}. --list names them all.`);
  if (args.only.length > 0) return allRows.filter((row) => args.only.includes(row.name));
  return args.quick ? allRows.filter((row) => row.isQuick) : allRows;
}

/** A row that fails says so and the others go on; the run fails at its end. Times are reported and never fail it. */
async function measure(argv: readonly string[], args: BenchArguments, rows: readonly Row[]): Promise<number> {
  const machine = readMachine();
  const command = ['npm run bench --', ...argv].join(' ');
  leaveMeasuredCore();
  const folder = await mkdtemp(path.join(tmpdir(), 'sluice-bench-'));
  await chmod(folder, 0o755); // nginx, started by root, reads its answers as another user
  const redis = await startRedisProcess(folder);
  print(`${describeMachine(machine)}\nSnapshots in ${redis.description}\n${command}\n`);
  const context = { arguments: args, folder, redisUrl: redis.url, redisDescription: redis.description, progress };
  const reports: RowReport[] = [];
  const failures: string[] = [];
  const results: Results = { machine, command, arguments: args, redis: redis.description, reports, failures };
  let file = '';
  for (const row of rows) {
    try {
      const report = await row.run(context);
      reports.push(report);
      print(toMarkdown(report));
    } catch (cause) {
      failures.push(row.name);
      process.stderr.write(`${row.name} failed: ${cause instanceof Error ? cause.stack : String(cause)}\n`);
    }
    file = await writeResults(results); // after each row: a run takes long and may be interrupted
  }
  await redis.stop();
  await rm(folder, { recursive: true, force: true });
  if (args.writesDocs) await writePage([results]);
  print(`Written to ${file}`);
  return failures.length === 0 ? 0 : 1;
}

function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
