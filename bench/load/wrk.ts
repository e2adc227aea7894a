import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

/** A closed loop: each connection sends its next request when the answer to the one before is complete. */
export interface LoopResult {
  readonly requests: number;
  readonly seconds: number;
  /** Requests that were not answered, or not with a status below 400. */
  readonly failures: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
}

const SCRIPT = path.join(import.meta.dirname, 'requests.lua');

/** Writes requests in the form that the script of wrk reads. */
export async function writeRequests(file: string, requests: readonly Buffer[]): Promise<void> {
  await writeFile(file, Buffer.concat(requests.flatMap((request) => [Buffer.from(String(request.length).padStart(8, '0')), request])));
}

/** Runs wrk with prepared requests. */
export async function runWrk(port: number, requestsFile: string, connections: number, seconds: number): Promise<LoopResult> {
  // wrk takes whole seconds only.
  const duration = `${Math.max(1, Math.round(seconds))}s`;
  const url = `http://127.0.0.1:${port}`;
  const args = [
    '--threads',
    '1',
    '--connections',
    String(connections),
    '--duration',
    duration,
    '--timeout',
    '10s',
    '--script',
    SCRIPT,
    url,
  ];
  const { stdout } = await promisify(execFile)('wrk', [...args, '--', requestsFile]);
  const result = /^RESULT (.*)$/m.exec(stdout)?.[1];
  if (result === undefined) throw new Error(`wrk printed no result:\n${stdout}`);
  return JSON.parse(result) as LoopResult;
}
