import { randomBytes } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hasCode } from './postgres-binaries.ts';

/** Replaces a file that only this user may read. It is never seen half-written, also not after a power cut in between. */
export async function writePrivateJson(file: string, value: unknown): Promise<void> {
  const staging = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    await writeFile(staging, toText(value), { mode: 0o600, flag: 'wx', flush: true });
    await rename(staging, file);
  } catch (cause) {
    await rm(staging, { force: true });
    throw cause;
  }
}

/** Creates the file with its content in one step. False where it exists already. */
export async function createPrivateJson(file: string, value: unknown): Promise<boolean> {
  const staging = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    await writeFile(staging, toText(value), { mode: 0o600, flag: 'wx' });
    await link(staging, file);
    return true;
  } catch (cause) {
    if (hasCode(cause, 'EEXIST')) return false;
    throw cause;
  } finally {
    await rm(staging, { force: true });
  }
}

/** What the file holds, or undefined where there is none. */
export async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    if (hasCode(cause, 'ENOENT')) return undefined;
    throw cause;
  }
}

function toText(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
