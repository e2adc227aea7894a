import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

/** One line of a plane's structured log. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly event?: string };

export interface PlaneProcess {
  readonly pid: number;
  readonly port: number;
  /** The data plane's port for probes and metrics. */
  readonly adminPort: number | undefined;
  /** Every log line so far. */
  readonly log: readonly LogLine[];
  /** The end of what it wrote to standard error. */
  errors(): string;
  /** The first log line, past or future, with this event. */
  waitForEvent(event: string): Promise<LogLine>;
  kill(signal: NodeJS.Signals): void;
  /** Resolves with the exit code, or the signal that ended the process. */
  readonly exited: Promise<number | NodeJS.Signals>;
  /** Ends it as an operator would, and makes sure that it is gone. */
  stop(): Promise<void>;
}

/** How long a stopped process may take until it is killed, in milliseconds. */
const STOP_DEADLINE_MS = 10_000;

/**
 * Node keeps what it has compiled there, so that of the dozens of planes of a run only the first ones compile; it replaces what has changed.
 * It is built with the planes, and goes with them.
 */
export const COMPILE_CACHE = { NODE_COMPILE_CACHE: path.resolve(import.meta.dirname, '../../dist/.compile-cache') };

/** Every process that was started and has not ended, so that none outlives a test run that is interrupted. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts a built plane on a free port and resolves once it listens. */
export async function startPlane(entry: string, env: Readonly<Record<string, string>>): Promise<PlaneProcess> {
  const child = spawn(process.execPath, ['--enable-source-maps', entry], {
    env: { PATH: process.env['PATH'], ...COMPILE_CACHE, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  const exited = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals);
  void exited.then(() => running.delete(child));
  const output = new ProcessOutput(child);
  const gone = exited.then((status) => {
    throw new Error(`${entry} ended with ${status} before it listened:\n${output.tail()}`);
  });
  const listening = await Promise.race([output.waitForEvent('listening'), gone]);
  gone.catch(() => undefined); // from here on its end is the test's business
  return {
    pid: child.pid!,
    port: Number(listening['port']),
    adminPort: listening['adminPort'] === undefined ? undefined : Number(listening['adminPort']),
    log: output.lines,
    errors: () => output.errors,
    waitForEvent: (event) => output.waitForEvent(event),
    kill: (signal) => void child.kill(signal),
    exited,
    stop: async () => {
      child.kill('SIGTERM');
      const deadline = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS);
      await exited;
      clearTimeout(deadline);
    },
  };
}

class ProcessOutput {
  readonly lines: LogLine[] = [];
  errors = '';
  readonly #waiting = new Set<(line: LogLine) => void>();

  constructor(child: ChildProcess) {
    createInterface({ input: child.stdout! }).on('line', (text) => this.#note(text));
    child.stderr!.on('data', (chunk: Buffer) => (this.errors = (this.errors + chunk.toString()).slice(-8_192)));
  }

  waitForEvent(event: string): Promise<LogLine> {
    const past = this.lines.find((line) => line.event === event);
    if (past !== undefined) return Promise.resolve(past);
    return new Promise((resolve) => {
      const notify = (line: LogLine) => {
        if (line.event !== event) return;
        this.#waiting.delete(notify);
        resolve(line);
      };
      this.#waiting.add(notify);
    });
  }

  /** What a person needs to see why it failed. */
  tail(): string {
    return `${this.errors}\n${this.lines.slice(-10).map((line) => JSON.stringify(line)).join('\n')}`; // prettier-ignore
  }

  #note(text: string): void {
    let line: LogLine;
    try {
      line = JSON.parse(text) as LogLine;
    } catch {
      line = { text }; // a crash prints what is not JSON
    }
    this.lines.push(line);
    for (const notify of this.#waiting) notify(line);
  }
}
