import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { hasCode } from './postgres-binaries.ts';
import { createPrivateJson, readJson, writePrivateJson } from './private-file.ts';
import { isRunning, readProcessIdentity, type ProcessIdentity } from './process-identity.ts';
import { StartFault } from './start-fault.ts';

const IdentitySchema = z.object({ pid: z.number().int().min(2), startedAt: z.string() });
const RecordSchema = z.object({ supervisor: IdentitySchema, children: z.array(IdentitySchema) });

/** How long processes of a killed run may take to leave, in milliseconds, until they are killed. */
const LEAVE_TIMEOUT_MS = 5_000;
const POLL_MS = 50;

/** Says on disk who runs in a data directory: keeps a second run out, and lets the next one clear up after one that was killed. */
export class RunRecord {
  readonly #file: string;
  readonly #supervisor: ProcessIdentity;
  readonly #children: ProcessIdentity[] = [];
  #written: Promise<void> = Promise.resolve();

  private constructor(file: string, supervisor: ProcessIdentity) {
    this.#file = file;
    this.#supervisor = supervisor;
  }

  /** @throws {StartFault} where another run has the data directory. */
  static async open(dataDir: string): Promise<RunRecord> {
    const file = path.join(dataDir, 'run.json');
    await mkdir(path.dirname(dataDir), { recursive: true }); // a recursive mkdir with a mode gives missing parents that mode too
    // Others may pass through and list nothing: started by root, PostgreSQL runs as another user. What is inside says who may read it.
    await mkdir(dataDir, { recursive: true, mode: 0o711 });
    await clearUp(file, dataDir);
    const supervisor = (await readProcessIdentity(process.pid)) ?? { pid: process.pid, startedAt: '' };
    if (!(await createPrivateJson(file, { supervisor, children: [] }))) throw alreadyRunning(dataDir);
    return new RunRecord(file, supervisor);
  }

  /** Remembers a process that must not outlive this run. */
  async addChild(pid: number): Promise<void> {
    const child = await readProcessIdentity(pid);
    if (child === undefined) return;
    this.#children.push(child);
    await this.#write();
  }

  async close(): Promise<void> {
    await this.#written;
    await rm(this.#file, { force: true });
  }

  /** One at a time, so that the last one written is the one with all children. */
  #write(): Promise<void> {
    this.#written = this.#written.then(() => writePrivateJson(this.#file, { supervisor: this.#supervisor, children: this.#children }));
    return this.#written;
  }
}

async function clearUp(file: string, dataDir: string): Promise<void> {
  const left = RecordSchema.safeParse(await readJson(file).catch(() => undefined));
  if (left.success && (await isRunning(left.data.supervisor))) throw alreadyRunning(dataDir, left.data.supervisor.pid);
  if (left.success) await Promise.all(left.data.children.map(endOrphan));
  await rm(file, { force: true });
}

/** The process has noticed that its parent is gone and is leaving, or it hangs. */
async function endOrphan(orphan: ProcessIdentity): Promise<void> {
  const deadlineMs = Date.now() + LEAVE_TIMEOUT_MS;
  while (await isRunning(orphan)) {
    signal(orphan.pid, Date.now() > deadlineMs ? 'SIGKILL' : 'SIGTERM');
    await delay(POLL_MS);
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (cause) {
    if (!hasCode(cause, 'ESRCH')) throw cause; // gone in the meantime: what was wanted
  }
}

function alreadyRunning(dataDir: string, pid?: number): StartFault {
  const who = pid === undefined ? '' : ` (process ${pid})`;
  return new StartFault(`Sluice is running in ${dataDir} already${who}. Stop it first, or choose another folder with --data-dir.`);
}
