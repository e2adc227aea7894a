import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { parseRedisAddress } from '../../../contract/redis-address.ts';
import { openRedis } from '../../../control-plane/snapshots/open-redis.ts';
import { openLogger } from '../../../foundation/logger.ts';

it.each(['redis', 'redis+cluster'])(
  'a client of a %s that is away fails its commands soon, instead of letting them wait',
  async (scheme) => {
    const address = parseRedisAddress(`${scheme}://127.0.0.1:${await findFreePort()}`);
    const redis = await openRedis(address, openLogger({ service: 'test', level: 'silent' }));
    await expect(redis.get('{here}')).rejects.toThrow();
    redis.disconnect();
  },
);

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
