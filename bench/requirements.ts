import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Programs that the benchmark runs, and the Debian packages they come in. */
const PROGRAMS = [
  { program: 'wrk', args: ['--version'], debianPackage: 'wrk' },
  { program: 'nginx', args: ['-v'], debianPackage: 'nginx-light' },
  { program: 'taskset', args: ['--version'], debianPackage: 'util-linux' },
  { program: 'getconf', args: ['CLK_TCK'], debianPackage: 'libc-bin' },
];

/** What is missing, one sentence each. Nothing is installed from here. */
export function listMissing(files: readonly string[]): string[] {
  if (process.platform !== 'linux') return ['The benchmark reads CPU time from /proc and needs Linux.'];
  const absent = PROGRAMS.filter(({ program, args }) => spawnSync(program, args).error !== undefined);
  const programs = absent.map(({ program, debianPackage }) => `${program} is not installed: apt-get install ${debianPackage}`);
  return [...programs, ...files.filter((file) => !existsSync(file)).map((file) => `${file} does not exist: npm run build`)];
}
