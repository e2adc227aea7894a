import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LogFile } from './log-file.ts';
import { LogTail } from './log-tail.ts';
import type { Service, ServiceEnd } from './service.ts';
import { StartFault } from './start-fault.ts';

export interface ChildServiceOptions {
  readonly name: string;
  /** The program, relative to the root of what was built: `control-plane/main.js`. */
  readonly entry: string;
  readonly env: NodeJS.ProcessEnv;
  readonly log: LogFile;
  /** How long it may take to stop, in milliseconds, until it is killed. */
  readonly stopTimeoutMs: number;
}

/** The line that a service writes once it accepts connections. */
export interface ListeningLine {
  readonly port: number;
  /** The data plane's port for probes and metrics. */
  readonly adminPort?: number;
}

/** One of our programs as a process of its own, started by its path. */
export class ChildService implements Service {
  readonly name: string;
  readonly pid: number | undefined;
  readonly ended: Promise<ServiceEnd>;
  readonly #child: ChildProcess;
  readonly #stopTimeoutMs: number;
  readonly #log: LogFile;
  readonly #listening = Promise.withResolvers<ListeningLine>();

  constructor(options: ChildServiceOptions) {
    this.name = options.name;
    this.#stopTimeoutMs = options.stopTimeoutMs;
    this.#log = options.log;
    const tail = new LogTail();
    this.#child = spawnChild(options);
    this.pid = this.#child.pid;
    for (const stream of [this.#child.stdout, this.#child.stderr]) if (stream !== null) tail.follow(stream, (line) => this.#note(line));
    this.ended = endOf(this.#child).then((how) => {
      options.log.close();
      return { how, lastLines: tail.text() };
    });
  }

  /** Resolves once it accepts connections. @throws {StartFault} with its last lines where it ends before that. */
  async listening(): Promise<ListeningLine> {
    const gone = this.ended.then((end) => {
      throw new StartFault(describeEnd(this, end, this.#log.path));
    });
    return Promise.race([this.#listening.promise, gone]);
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    const deadline = setTimeout(() => this.kill(), this.#stopTimeoutMs);
    await this.ended;
    clearTimeout(deadline);
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #note(line: string): void {
    this.#log.write(line);
    const message = parseLine(line);
    if (message?.['event'] !== 'listening' || typeof message['port'] !== 'number') return;
    const adminPort = message['adminPort'];
    this.#listening.resolve({ port: message['port'], adminPort: typeof adminPort === 'number' ? adminPort : undefined });
  }
}

/** One clear line, and what the service wrote last. */
export function describeEnd(service: Service, end: ServiceEnd, logPath?: string): string {
  const where = logPath === undefined ? '' : ` Its log is ${logPath}.`;
  const lines = end.lastLines === '' ? '' : `\n${end.lastLines.replaceAll(/^/gm, '    ')}`;
  return `${service.name} ended unexpectedly (${end.how}).${where}${lines}`;
}

/** A process group of its own: Ctrl-C in a terminal reaches a whole group, and the order of stopping is ours to decide. */
function spawnChild(options: ChildServiceOptions): ChildProcess {
  const entry = fileURLToPath(new URL(`../${options.entry}`, import.meta.url));
  const preload = new URL('leave-with-parent.js', import.meta.url).href;
  return spawn(process.execPath, ['--enable-source-maps', '--import', preload, entry], {
    env: options.env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: process.platform !== 'win32',
  });
}

/** Waits for `close`, not `exit`: only then has everything been read that it wrote. */
async function endOf(child: ChildProcess): Promise<string> {
  try {
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    return signal ?? `exit code ${code}`;
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause); // it could not be started
  }
}

function parseLine(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined; // a line that only looks like JSON
  }
}
