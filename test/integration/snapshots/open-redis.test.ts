import { expect, it } from 'vitest';
import { parseRedisAddress } from '../../../contract/redis-address.ts';
import { openRedis } from '../../../control-plane/snapshots/open-redis.ts';
import { reserveFreePort } from '../../../embedded/ports.ts';
import { openLogger } from '../../../foundation/logger.ts';

it.each(['redis', 'redis+cluster'])(
  'a client of a %s that is away fails its commands soon, instead of letting them wait',
  async (scheme) => {
    const address = parseRedisAddress(`${scheme}://127.0.0.1:${await reserveFreePort()}`);
    const redis = await openRedis(address, openLogger({ service: 'test', level: 'silent' }));
    await expect(redis.get('{here}')).rejects.toThrow();
    redis.disconnect();
  },
);
