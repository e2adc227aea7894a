import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedError } from './embedded-error.ts';

const STOP_TIMEOUT_MS = 15_000;
const POLL_MS = 25;

/** A supervisor that was killed may leave its server running: that one, and no other, is stopped before ours starts. */
export async function stopOrphan(dataDirectory: string): Promise<void> {
  const pid = await readServerPid(dataDirectory);
  if (pid === undefined || !(await isServerOf(pid, dataDirectory))) return;
  process.kill(pid, 'SIGINT');
  const deadline = Date.now() + STOP_TIMEOUT_MS;
  while (isAlive(pid)) {
    if (Date.now() > deadline) {
      throw new EmbeddedError(
        'data_directory_unusable',
        `A PostgreSQL server (process ${pid}) still uses ${dataDirectory} and does not stop.`,
      );
    }
    await delay(POLL_MS);
  }
}

/** The process id of the server that uses, or used, a data directory. */
export async function readServerPid(dataDirectory: string): Promise<number | undefined> {
  const text = await readFile(path.join(dataDirectory, 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number(text.split('\n', 1)[0]);
  return Number.isInteger(pid) && pid > 1 ? pid : undefined;
}

/** The id in a stale file may belong to another program by now, which must not be stopped. */
async function isServerOf(pid: number, dataDirectory: string): Promise<boolean> {
  if (!isAlive(pid)) return false;
  if (process.platform !== 'linux') return true;
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return commandLine.split('\0').includes(dataDirectory);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
