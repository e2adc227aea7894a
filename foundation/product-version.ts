import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';

/** The version in the package.json that this file belongs to, compiled or not. */
export const productVersion: string = readProductVersion();

function readProductVersion(): string {
  const path = findPackageJSON('..', import.meta.url);
  const { version } = JSON.parse(path === undefined ? '{}' : readFileSync(path, 'utf8')) as { version?: string };
  return version ?? 'unknown';
}
