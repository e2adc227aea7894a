import { execFile } from 'node:child_process';
import { chown, lstat, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedError } from './embedded-error.ts';
import { hasCode, type ServerUser } from './postgres-binaries.ts';

/** Survives a reboot, unlike the temporary directory of many systems. */
const SHARED_DIRECTORY = '/var/tmp';
/** In the wanted directory: where the data is instead, because the server's user cannot reach the wanted one. */
const POINTER = 'moved-to';

/**
 * A data directory that the server's user can reach: the wanted one, or where that lies below a directory closed to the user
 * (root's home, say) one outside, which the wanted one names. So removing the wanted directory always means starting anew.
 */
export async function prepareDataDirectory(wanted: string, user: ServerUser): Promise<string> {
  const directory = path.resolve(wanted);
  await mkdir(path.dirname(directory), { recursive: true }); // a recursive mkdir with a mode gives missing parents that mode too
  await mkdir(directory, { mode: 0o700 }).catch((cause: unknown) => {
    if (!hasCode(cause, 'EEXIST')) throw cause;
  });
  if (user.uid === undefined) return directory;
  const moved = await readPointer(directory);
  if (moved !== undefined) return checkOwner(moved, directory, user.uid);
  if (await canWrite(path.dirname(directory), directory, user)) return directory;
  return moveOutside(directory, user.uid, user.gid ?? user.uid);
}

async function readPointer(directory: string): Promise<string | undefined> {
  try {
    return (await readFile(path.join(directory, POINTER), 'utf8')).trim();
  } catch (cause) {
    if (hasCode(cause, 'ENOENT')) return undefined;
    throw cause;
  }
}

async function checkOwner(moved: string, directory: string, uid: number): Promise<string> {
  const found = await lstat(moved).catch(() => undefined);
  if (found?.isDirectory() && found.uid === uid) return moved;
  throw new EmbeddedError(
    'data_directory_unusable',
    `The database of ${directory} was kept in ${moved}, which is gone. Remove ${directory} to start anew.`,
  );
}

/** Gives the directory to the user first: whether its parents let the user through is what remains to be seen. */
async function canWrite(parent: string, directory: string, user: ServerUser): Promise<boolean> {
  const isThrough = await promisify(execFile)('test', ['-x', parent], { ...user, cwd: '/' }).then(
    () => true,
    () => false,
  );
  if (isThrough) await chown(directory, user.uid ?? 0, user.gid ?? 0);
  return isThrough;
}

async function moveOutside(directory: string, uid: number, gid: number): Promise<string> {
  const moved = await mkdtemp(path.join(SHARED_DIRECTORY, 'sluice-data-'));
  await chown(moved, uid, gid);
  await writeFile(path.join(directory, POINTER), `${moved}\n`, { mode: 0o600 });
  return moved;
}
