// The measured process gets a core of its own; the load generator, the upstream and everything else share the others.
// Otherwise the scheduler decides anew in each round who disturbs whom.
import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** The core of whatever is measured. */
const MEASURED_CORE = 0;

/** Moves this process, with all its threads, off the measured core. What it starts from here on inherits that. */
export function leaveMeasuredCore(): void {
  if (availableParallelism() < 2) throw new Error('The benchmark needs at least two cores: one for what is measured, one for the load.');
  execFileSync('taskset', ['-acp', `${MEASURED_CORE + 1}-${availableParallelism() - 1}`, String(process.pid)], { stdio: 'ignore' });
}

/** The command that runs another one on the measured core, or on the first few where the measured thing is several processes. */
export function onMeasuredCores(command: readonly string[], cores = 1): string[] {
  return ['taskset', '-c', `${MEASURED_CORE}-${MEASURED_CORE + cores - 1}`, ...command];
}
