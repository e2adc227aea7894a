// A program: a process with nothing in it but the snapshot of a gateway, as a data plane holds it. It prints what that costs.
// Settings come in the environment variables of a data plane; run with --expose-gc.
import { pino } from 'pino';
import { readDataPlaneConfig } from '../../data-plane/config.ts';
import { openSnapshot, type Snapshot } from '../../data-plane/snapshot/open-snapshot.ts';
import { systemClock } from '../../foundation/clock.ts';

/** What holding a snapshot costs. */
export interface Footprint {
  readonly routes: number;
  /** From nothing until the snapshot is in force, read from Redis. */
  readonly startFromRedisMs: number;
  /** The same, where everything but the pointer and the manifest is in the last-good file. */
  readonly startWithFileMs: number;
  /** Heap and buffers that are held on to, garbage collected. */
  readonly heapBytes: number;
}

const config = readDataPlaneConfig(process.env);
const logger = pino({ level: 'error' });

const heapBefore = heldBytes();
const [first, startFromRedisMs] = await start();
await first.stop(); // writes the last-good file, and lets go of everything but the table
const heapBytes = heldBytes() - heapBefore;
const routes = countRoutes(first);
const [second, startWithFileMs] = await start();
await second.stop();
process.stdout.write(`${JSON.stringify({ routes, startFromRedisMs, startWithFileMs, heapBytes } satisfies Footprint)}\n`);

async function start(): Promise<[Snapshot, number]> {
  const startedAtMs = performance.now();
  const snapshot = openSnapshot({
    config,
    identity: { id: 'footprint', peerUrl: undefined },
    clock: systemClock,
    logger,
    writesLastGoodFile: true,
  });
  await snapshot.start();
  if (snapshot.current() === undefined) throw new Error('There is no snapshot.');
  return [snapshot, performance.now() - startedAtMs];
}

/** Twice: what a finalizer lets go of falls to the second collection. */
function heldBytes(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function countRoutes(snapshot: Snapshot): number {
  const documents = [...(snapshot.current()?.documents.values() ?? [])];
  const workspaces = documents.flatMap((document) => (document.kind === 'workspace' ? [document.workspace] : []));
  return workspaces.reduce((sum, workspace) => sum + new Set(workspace.routes()).size, 0);
}
