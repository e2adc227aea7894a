import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { COMPILE_CACHE } from './plane-process.ts';

const entry = pathToFileURL(fileURLToPath(new URL('../../dist/embedded/start.js', import.meta.url))).href;
/** What `embedded/launch.js` does once everything is built. */
const PROGRAM = `const { main } = await import(${JSON.stringify(entry)}); process.exit(await main(process.argv.slice(1), process.env));`;

/** How long a start may take until a test gives up on it, in milliseconds. */
const START_TIMEOUT_MS = 150_000;

/** `npm start` on a data directory of a test's own. */
export class StartedRun {
  readonly #child: ChildProcess;
  readonly #dataDir: string;
  readonly exited: Promise<number | null>;
  output = '';
  errors = '';

  constructor(dataDir: string, options: readonly string[], env: NodeJS.ProcessEnv = {}) {
    this.#dataDir = dataDir;
    this.#child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM, '--', '--data-dir', dataDir, ...options], {
      env: { PATH: process.env['PATH'], ...COMPILE_CACHE, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.errors += text));
    this.exited = once(this.#child, 'close').then(([code]) => code as number | null);
  }

  /** Waits until it has printed something. */
  async waitFor(text: string): Promise<void> {
    const deadline = AbortSignal.timeout(START_TIMEOUT_MS);
    const gone = this.exited.then(() => this.#check(text));
    while (!this.output.includes(text)) {
      const more = once(this.#child.stdout!, 'data', { signal: deadline }).catch(() => this.#check(text));
      await Promise.race([more, gone]);
    }
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** The processes that it has started, PostgreSQL excepted. */
  async childPids(): Promise<number[]> {
    const record = JSON.parse(await readFile(path.join(this.#dataDir, 'run.json'), 'utf8')) as { children: { pid: number }[] };
    return record.children.map(({ pid }) => pid);
  }

  async stop(): Promise<number | null> {
    this.signal('SIGTERM');
    return this.exited;
  }

  #check(text: string): void {
    if (!this.output.includes(text)) throw new Error(`The run never printed "${text}":\n${this.output}\n${this.errors}`);
  }
}

/** The configuration that was printed to be pasted. */
export function findPastedServer(output: string): { url: string; headers: Record<string, string> } {
  const pasted = JSON.parse(output.slice(output.indexOf('\n{'), output.lastIndexOf('\n}') + 2)) as {
    mcpServers: Record<string, { url: string; headers: Record<string, string> }>;
  };
  const [server] = Object.values(pasted.mcpServers);
  if (server === undefined) throw new Error('The printed configuration names no server');
  return server;
}

/** Whether a process runs. One that has ended and that its new parent has not taken note of yet does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return process.platform !== 'linux' || !/^\d+ \(.*\) Z/s.test(readStat(pid));
}

/** proc(5), /proc/pid/stat. What is gone has ended too. */
function readStat(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return '1 () Z';
  }
}
