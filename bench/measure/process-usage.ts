import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What processes have used so far. */
export interface Usage {
  /** User and system time of all threads, in microseconds. */
  readonly cpuMicros: number;
  /** Resident memory in bytes. */
  readonly rssBytes: number;
}

const MICROS_PER_TICK = 1_000_000 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** The usage of processes and their children (nginx and `SLUICE_WORKERS` work in those), as the kernel accounts for it. */
export function readUsage(pids: readonly number[]): Usage {
  const all = pids.flatMap((pid) => [pid, ...listDescendants(pid)]);
  return {
    cpuMicros: sum(all.map(readCpuMicros)),
    rssBytes: sum(all.map(readRssBytes)),
  };
}

/** proc(5): the fields after the command's name, which may itself hold spaces and parentheses; 14 is utime and 15 stime, in ticks. */
function readCpuMicros(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * MICROS_PER_TICK;
}

function readRssBytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes ?? 0) * 1024;
}

function listDescendants(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  return children.flatMap((child) => [child, ...listDescendants(child)]);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
