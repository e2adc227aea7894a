// The measured process gets a core of its own; the load generator, the upstream and everything else share the others.
// Otherwise the scheduler decides anew in each round who disturbs whom.
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** The core of whatever is measured. */
const MEASURED_CORE = 0;

/** How often it is tried to move this process. */
const ATTEMPTS = 5;

/** Moves this process, with all its threads, off the measured core. What it starts from here on inherits that. */
export function leaveMeasuredCore(): void {
  if (availableParallelism() < 2) throw new Error('The benchmark needs at least two cores: one for what is measured, one for the load.');
  const command = ['-acp', `${MEASURED_CORE + 1}-${availableParallelism() - 1}`, String(process.pid)];
  // It fails where a thread that it has listed is gone when its turn comes.
  for (let attempt = 1; spawnSync('taskset', command).status !== 0; attempt++) {
    if (attempt === ATTEMPTS) throw new Error(`taskset ${command.join(' ')} fails.`);
  }
}

/** The command that runs another one on the measured core, or on the first few where the measured thing is several processes. */
export function onMeasuredCores(command: readonly string[], cores = 1): string[] {
  return ['taskset', '-c', `${MEASURED_CORE}-${MEASURED_CORE + cores - 1}`, ...command];
}
