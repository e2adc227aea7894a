import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { eventually } from '../support/eventually.ts';
import type { PlaneProcess } from '../support/plane-process.ts';

/** What a plane holds at one moment. */
export interface PlaneUsage {
  /** Heap and buffers once the garbage is gone, in bytes. */
  readonly bytes: number;
  /** Open file descriptors: connections above all. */
  readonly descriptors: number;
}

/** The environment of a plane that can be asked for its memory. */
export const OBSERVABLE = { NODE_OPTIONS: `--import=${fileURLToPath(new URL('plane-memory.ts', import.meta.url))}` };

/** Collects the garbage of a plane and reads what is left. */
export async function readUsage(plane: PlaneProcess): Promise<PlaneUsage> {
  const known = plane.log.filter(isMemory).length;
  plane.kill('SIGUSR2');
  const line = await eventually(async () => {
    const answer = plane.log.filter(isMemory)[known];
    if (answer === undefined) throw new Error('The plane has not said how much memory it holds.');
    return answer;
  });
  return { bytes: Number(line['bytes']), descriptors: countDescriptors(plane) };
}

export function countDescriptors({ pid }: PlaneProcess): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** The clock of the kernel by which it counts the time of processes, in ticks a second: the same on every Linux. */
const TICKS = 100;

/** How long a plane has used a core so far, in milliseconds. */
export function readCpuMs({ pid }: PlaneProcess): number {
  // What precedes may contain spaces: the name of the program, in parentheses (proc_pid_stat(5)).
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1_000) / TICKS;
}

const isMemory = ({ event }: { readonly event?: string }) => event === 'memory';
