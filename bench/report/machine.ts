import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';

/** Where and with what a run was made; numbers without it mean nothing. */
export interface Machine {
  readonly date: string;
  readonly commit: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly node: string;
  readonly undici: string;
  readonly wrk: string;
  readonly nginx: string;
  /** Runnable processes in the last minute, before the run: whether the machine was busy with something else. */
  readonly loadBefore: number;
}

export function readMachine(): Machine {
  const [first] = cpus();
  return {
    date: new Date().toISOString(),
    commit: readCommit(),
    cpu: first?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    undici: (JSON.parse(readFileSync('node_modules/undici/package.json', 'utf8')) as { version: string }).version,
    wrk: findVersion('wrk', ['--version'], /wrk (?:debian\/)?([\d.]+)/),
    nginx: findVersion('nginx', ['-v'], /nginx\/([\d.]+)/),
    loadBefore: loadavg()[0]!,
  };
}

/** One line each, for people. */
export function describeMachine(machine: Machine): string {
  const { cpu, cores, memoryGiB, kernel, node, undici, wrk, nginx, date, commit, loadBefore } = machine;
  return [
    `${date}, commit ${commit}`,
    `${cores} × ${cpu}, ${memoryGiB} GiB, Linux ${kernel}; load before the run ${loadBefore.toFixed(2)}`,
    `Node ${node}, undici ${undici}, wrk ${wrk}, nginx ${nginx}`,
  ].join('\n');
}

function readCommit(): string {
  const read = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    const isChanged = read('status', '--porcelain', '--', 'data-plane', 'control-plane', 'contract', 'foundation', 'bench') !== '';
    return `${read('rev-parse', '--short', 'HEAD')}${isChanged ? ' with changes' : ''}`;
  } catch {
    return 'unknown'; // an unpacked archive has no history
  }
}

/** Both print their versions on an output of their choice, and wrk exits with 1. */
function findVersion(program: string, args: readonly string[], pattern: RegExp): string {
  const { stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  return pattern.exec(`${stdout}${stderr}`)?.[1] ?? 'unknown';
}
