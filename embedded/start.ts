import path from 'node:path';
import { EmbeddedError } from './embedded-error.ts';
import { Interruption } from './interruption.ts';
import { LocalRun } from './local-run.ts';
import { parseOptions, USAGE, type StartOptions } from './options.ts';
import { Progress } from './progress.ts';
import { RunRecord } from './run-record.ts';
import { StartFault } from './start-fault.ts';
import { RUNNING } from './summary.ts';

/** Runs Sluice on this machine until somebody stops it. Resolves with the exit code. */
export async function main(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  try {
    const options = parseOptions(args, env);
    if (!options.isHelpWanted) return await runUntilStopped(options, env);
    process.stdout.write(USAGE);
    return 0;
  } catch (cause) {
    if (!(cause instanceof StartFault) && !(cause instanceof EmbeddedError)) throw cause;
    process.stderr.write(`${cause.message}\n`);
    return cause instanceof StartFault ? cause.exitCode : 1;
  }
}

async function runUntilStopped(options: StartOptions, env: NodeJS.ProcessEnv): Promise<number> {
  const progress = new Progress((text) => process.stdout.write(text));
  const record = await RunRecord.open(options.dataDir);
  const run = new LocalRun(options, env, record, progress);
  const interruption = new Interruption(() => run.kill());
  interruption.listen(env['npm_lifecycle_event'] !== undefined);
  try {
    const stopped = interruption.asked.then(() => 'stopped' as const);
    const started = await Promise.race([run.start(), stopped, run.fallen.then(fail)]);
    if (started !== 'stopped') {
      process.stdout.write(started);
      await run.noteShown();
      process.stdout.write(RUNNING);
      await Promise.race([stopped, run.fallen.then(fail)]);
    }
    process.stdout.write(`\n  Stopping. Once more Ctrl-C does not wait.\n`);
    return 0;
  } finally {
    await run.stop();
    await record.close();
    progress.line('stopped', `data is in ${path.relative('', options.dataDir) || '.'}`);
  }
}

function fail(line: string): never {
  throw new StartFault(line);
}
