import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { startChild, waitForOutput, type Child } from '../measure/child.ts';
import { findFreePort } from '../measure/free-port.ts';
import { waitUntilConnectable } from '../measure/wait-until-connectable.ts';

/** A Redis for one run. */
export interface RedisProcess {
  readonly url: string;
  /** For the report. */
  readonly description: string;
  stop(): Promise<void>;
}

/** `REDIS_URL` if it is set, else redis-server where it is installed, else the Redis-compatible server from npm. */
export async function startRedisProcess(folder: string): Promise<RedisProcess> {
  const given = process.env['REDIS_URL'];
  if (given !== undefined && given !== '') return { url: given, description: 'Redis of REDIS_URL', stop: () => Promise.resolve() };
  const version = findServerVersion();
  return version === undefined ? startCompatible(folder) : startServer(folder, version);
}

/** Redis itself, in memory only. */
async function startServer(folder: string, version: string): Promise<RedisProcess> {
  const port = await findFreePort();
  const settings = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder];
  const child = startChild(['redis-server', ...settings], path.join(folder, 'redis.log'));
  await waitUntilConnectable(port, child);
  return toProcess(child, port, `redis-server ${version}`);
}

async function startCompatible(folder: string): Promise<RedisProcess> {
  const child = startChild([process.execPath, path.join(import.meta.dirname, 'run-compatible-redis.ts')], path.join(folder, 'redis.log'));
  const [, port] = await waitForOutput(child, /listening (\d+)/);
  return toProcess(child, Number(port), 'the Redis-compatible server from npm (js-redis-server)');
}

function toProcess(child: Child, port: number, description: string): RedisProcess {
  return { url: `redis://127.0.0.1:${port}`, description, stop: async () => void (await child.stop()) };
}

function findServerVersion(): string | undefined {
  try {
    return /v=([\d.]+)/.exec(execFileSync('redis-server', ['--version'], { encoding: 'utf8' }))?.[1];
  } catch {
    return undefined; // not installed: the one from npm does
  }
}
