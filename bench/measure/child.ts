import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';

/** A process that the benchmark started. */
export interface Child {
  readonly pid: number;
  /** What it printed so far, on both outputs. */
  output(): string;
  /** Asks it to end, makes sure that it does, and resolves with its exit code or the signal that ended it. */
  stop(): Promise<number | string>;
  kill(signal: NodeJS.Signals): void;
  readonly exited: Promise<number | string>;
}

/** How long a process may take to end, in milliseconds. */
const STOP_DEADLINE_MS = 15_000;

/** How often an output is looked at for the line that is waited for, in milliseconds. */
const POLL_MS = 10;

const running = new Set<Child>();

/** Starts a command. Its outputs go to a file: reading a pipe would cost the harness time while it measures. */
export function startChild(command: readonly string[], outputFile: string, env: Readonly<Record<string, string>> = {}): Child {
  const file = openSync(outputFile, 'w');
  const [program, ...args] = command;
  // A process group of its own, so that its children can be ended with it.
  const child = spawn(program!, args, { stdio: ['ignore', file, file], env: { PATH: process.env['PATH'], ...env }, detached: true });
  closeSync(file);
  const exited = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string);
  const started: Child = {
    pid: child.pid!,
    output: () => readFileSync(outputFile, 'utf8'),
    kill: (signal) => void child.kill(signal),
    exited,
    stop: async () => {
      child.kill('SIGTERM');
      const deadline = setTimeout(() => killGroup(child.pid!), STOP_DEADLINE_MS);
      const status = await exited;
      clearTimeout(deadline);
      return status;
    },
  };
  running.add(started);
  void exited.then(() => running.delete(started));
  return started;
}

/** How long a child may take to print what is waited for, in milliseconds. */
const OUTPUT_DEADLINE_MS = 120_000;

/** Waits until a child has printed something that matches. Throws with its output where it ends before, or takes too long. */
export async function waitForOutput(child: Child, pattern: RegExp): Promise<RegExpExecArray> {
  let status: number | string | undefined;
  void child.exited.then((code) => (status = code));
  const deadline = performance.now() + OUTPUT_DEADLINE_MS;
  for (;;) {
    const ended = performance.now() > deadline ? 'deadline' : status;
    const match = pattern.exec(child.output());
    if (match !== null) return match;
    if (ended !== undefined) throw new Error(`A process ended (${ended}) before it printed ${pattern}:\n${child.output().slice(-4_000)}`);
    await sleep(POLL_MS);
  }
}

/** Ends whatever still runs. For a run that is interrupted or failed. */
export function killChildren(): void {
  for (const { pid } of running) killGroup(pid);
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ESRCH') throw cause; // gone in the meantime
  }
}

/** Resolves after a time in milliseconds. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
