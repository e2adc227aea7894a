import type { PlaneProcess } from '../support/plane-process.ts';
import { countDescriptors, readUsage, type PlaneUsage } from './plane-usage.ts';

/** Everything that has to return to where it was. */
export interface Measurement {
  readonly atMs: number;
  /** Replica by replica. */
  readonly replicas: readonly PlaneUsage[];
  readonly controlPlane: PlaneUsage;
  /** Sessions that upstreams keep because of the gateway. */
  readonly upstreamSessions: number;
}

/** What is measured. */
export interface Subjects {
  readonly replicas: readonly PlaneProcess[];
  readonly controlPlane: PlaneProcess;
  readonly countUpstreamSessions: () => number;
}

/** How much more than at the start may be held at the end: the heap breathes by some, and caches that are bounded keep some, in bytes. */
const MAX_GROWTH_BYTES = 8 * 1024 * 1024;

/** Connections to PostgreSQL and Redis, and timers of the runtime, come and go. */
const MAX_MORE_DESCRIPTORS = 8;

export async function measure(subjects: Subjects): Promise<Measurement> {
  const [controlPlane, ...replicas] = await Promise.all([subjects.controlPlane, ...subjects.replicas].map(readUsage));
  return { atMs: Date.now(), replicas, controlPlane: controlPlane!, upstreamSessions: subjects.countUpstreamSessions() };
}

/** Whether nothing is open any more that was not open at the start. Cheap enough to be asked again and again. */
export function isQuiet(subjects: Subjects, start: readonly number[]): boolean {
  const isQuietReplica = (plane: PlaneProcess, i: number) => countDescriptors(plane) <= start[i]! + MAX_MORE_DESCRIPTORS;
  return subjects.countUpstreamSessions() === 0 && subjects.replicas.every(isQuietReplica);
}

/** What did not return to the start level, sentence by sentence. */
export function findFaults(start: Measurement, end: Measurement): string[] {
  const faults = compare('the control plane', start.controlPlane, end.controlPlane);
  end.replicas.forEach((replica, i) => faults.push(...compare(`replica ${i + 1}`, start.replicas[i]!, replica)));
  if (end.upstreamSessions > start.upstreamSessions) faults.push(`${end.upstreamSessions} sessions are left at the upstreams`);
  return faults;
}

function compare(name: string, start: PlaneUsage, end: PlaneUsage): string[] {
  const growth = end.bytes - start.bytes;
  const more = end.descriptors - start.descriptors;
  return [
    ...(growth > MAX_GROWTH_BYTES ? [`${name} holds ${(growth / 1024 / 1024).toFixed(1)} MiB more than at the start`] : []),
    ...(more > MAX_MORE_DESCRIPTORS ? [`${name} has ${more} more open descriptors than at the start`] : []),
  ];
}
