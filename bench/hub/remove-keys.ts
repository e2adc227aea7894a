import type { Redis } from 'ioredis';
import { RedisKeys } from '../../contract/redis-keys.ts';

/** How many keys are asked for at a time. */
const BATCH = 1_000;

/** Removes everything of a gateway: Redis may not be ours alone. All its keys begin with its hash tag, or with one of those that it has for what is reported. */
export async function removeKeys(redis: Redis, gateway: string): Promise<void> {
  const tag = new RedisKeys(gateway).revision().replace(/\}:revision$/, '');
  for await (const keys of redis.scanStream({ match: `${tag}[:}]*`, count: BATCH }) as AsyncIterable<string[]>) {
    if (keys.length > 0) await redis.unlink(...keys);
  }
}
