import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { RedisKeys } from '../../contract/redis-keys.ts';
import { startRedis } from '../../embedded/redis.ts';

export interface TestRedis {
  readonly url: string;
  /** A gateway name that nobody else uses, so that tests can share a server. */
  readonly gateway: string;
  /** Stops the server, or removes what was written to a shared one. */
  stop(): Promise<void>;
}

/** The server of `REDIS_URL`, or a Redis-compatible one of one's own. Usually one a test file. */
export async function startTestRedis(): Promise<TestRedis> {
  const gateway = `test-${randomBytes(6).toString('hex')}`;
  const external = process.env['REDIS_URL'];
  if (external !== undefined && external !== '') return { url: external, gateway, stop: () => removeKeys(external, gateway) };
  const server = await startRedis();
  return { url: server.url, gateway, stop: () => server.stop() };
}

/** Every key of a gateway begins with its hash tag, or with one of those that it has for what is reported. */
async function removeKeys(url: string, gateway: string): Promise<void> {
  const redis = new Redis(url);
  const tag = new RedisKeys(gateway).revision().replace(/\}:revision$/, '');
  for await (const keys of redis.scanStream({ match: `${tag}[:}]*` }) as AsyncIterable<string[]>) {
    if (keys.length > 0) await redis.unlink(...keys);
  }
  await redis.quit();
}
