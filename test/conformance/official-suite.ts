import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import type { RequirementSet } from './baseline.ts';

const CheckSchema = z.object({
  id: z.string(),
  status: z.enum(['SUCCESS', 'FAILURE', 'WARNING', 'SKIPPED', 'INFO']),
  description: z.string().optional(),
  errorMessage: z.string().optional(),
});

/** What the suite leaves in `checks.json`. */
export const ChecksSchema = z.array(CheckSchema);

/** One check of a scenario, as the suite reports it. */
export type Check = z.infer<typeof CheckSchema>;

/** The checks of each scenario, in the suite's order. */
export type SuiteResult = ReadonlyMap<string, readonly Check[]>;

/** The whole run may take this long, in milliseconds; a scenario that hangs is cut off by the suite itself after 30 s. */
const DEADLINE_MS = 180_000;

/** `server-<scenario>-<time>`, the suite's name for a folder of results. */
const RESULT_FOLDER = /^server-(.+)-\d{4}-\d{2}-\d{2}T[\d-]+Z$/;

/** Runs a requirement set of the official conformance suite against a server. Failed checks are a result, not an error. */
export async function runOfficialSuite(url: string, set: RequirementSet): Promise<SuiteResult> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sluice-conformance-'));
  try {
    const output = await runSuite(['server', '--url', url, '--requirements', set, '-o', folder]);
    const result = await readResults(folder);
    if (result.size === 0) throw new Error(`The conformance suite left no results:\n${output}`);
    return result;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runSuite(args: readonly string[]): Promise<string> {
  const manifest = createRequire(import.meta.url).resolve('@modelcontextprotocol/conformance/package.json');
  const child = spawn(process.execPath, [path.join(path.dirname(manifest), 'dist/index.js'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const collect = (chunk: Buffer) => void (output = (output + chunk.toString()).slice(-4_096));
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const deadline = setTimeout(() => child.kill('SIGKILL'), DEADLINE_MS);
  const [, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  clearTimeout(deadline);
  if (signal !== null) throw new Error(`The conformance suite was ended by ${signal}:\n${output}`);
  return output;
}

async function readResults(folder: string): Promise<SuiteResult> {
  const result = new Map<string, readonly Check[]>();
  for (const name of await readdir(folder)) {
    const scenario = RESULT_FOLDER.exec(name)?.[1];
    if (scenario === undefined) continue;
    const text = await readFile(path.join(folder, name, 'checks.json'), 'utf8');
    result.set(scenario, ChecksSchema.parse(JSON.parse(text)));
  }
  return result;
}
