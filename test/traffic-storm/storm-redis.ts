import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Redis } from 'ioredis';
import { findFreePort } from '../../bench/measure/free-port.ts';
import { startRedis, type RunningRedis } from '../../embedded/redis.ts';
import { eventually } from '../support/eventually.ts';

/** A Redis that is stopped and started again. */
export interface StormRedis {
  readonly url: string;
  /** For the report: what it is, and what it keeps over a restart. */
  readonly description: string;
  stop(signal: NodeJS.Signals): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

/** redis-server with its log of writes on disk where it is installed, else the Redis-compatible server from npm, which has none. */
export async function startStormRedis(): Promise<StormRedis> {
  const version = findVersion();
  return version === undefined ? startCompatible() : startServer(version);
}

async function startServer(version: string): Promise<StormRedis> {
  const [port, folder] = await Promise.all([findFreePort(), mkdtemp(path.join(tmpdir(), 'sluice-storm-redis-'))]);
  const settings = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--dir',
    folder,
    '--save',
    '',
    '--appendonly',
    'yes',
    '--appendfsync',
    'always',
  ];
  let child: ChildProcess | undefined;
  const start = async () => {
    child = spawn('redis-server', settings, { stdio: 'ignore' });
    await eventually(() => ping(port));
  };
  process.once('exit', () => child?.kill('SIGKILL'));
  const stop = async (signal: NodeJS.Signals) => {
    if (child === undefined) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
    child = undefined;
  };
  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    description: `redis-server ${version}, appendonly yes, appendfsync always: it keeps what it acknowledged`,
    start,
    stop,
    close: async () => {
      await stop('SIGTERM');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startCompatible(): Promise<StormRedis> {
  let server: RunningRedis | undefined = await startRedis();
  const { port, url } = server;
  const stop = async () => {
    await server?.stop();
    server = undefined;
  };
  return {
    url,
    description: 'the Redis-compatible server from npm, in memory only: what waits in it when it stops is lost',
    start: async () => void (server = await startRedis({ port })),
    stop,
    close: stop,
  };
}

/** It answers once it has read its log. */
async function ping(port: number): Promise<void> {
  const redis = new Redis({ port, host: '127.0.0.1', lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => null });
  redis.on('error', () => undefined); // the attempt fails, and is made again
  try {
    await redis.connect();
    await redis.get('ready');
  } finally {
    redis.disconnect();
  }
}

function findVersion(): string | undefined {
  try {
    return /v=([\d.]+)/.exec(execFileSync('redis-server', ['--version'], { encoding: 'utf8' }))?.[1];
  } catch {
    return undefined; // not installed: the one from npm does
  }
}
