import { randomBytes } from 'node:crypto';
import { Cluster, Redis } from 'ioredis';
import { createRedisMock } from 'js-redis-server';
import { parseRedisAddress } from '../../contract/redis-address.ts';
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

/** The cluster of `REDIS_CLUSTER_URL`, or one of one's own with three masters. */
export async function startTestCluster(): Promise<TestRedis> {
  const gateway = `test-${randomBytes(6).toString('hex')}`;
  const external = process.env['REDIS_CLUSTER_URL'];
  if (external !== undefined && external !== '') return { url: external, gateway, stop: () => removeFromCluster(external, gateway) };
  const cluster = await createRedisMock({ cluster: { masters: 3, replicas: 0 } });
  const nodes = cluster.addresses().map(({ host, port }) => `${host}:${port}`);
  return { url: `redis+cluster://${nodes.join(',')}`, gateway, stop: () => cluster.close() };
}

async function removeFromCluster(url: string, gateway: string): Promise<void> {
  const address = parseRedisAddress(url);
  if (address.kind === 'single') throw new Error('REDIS_CLUSTER_URL names no cluster');
  const cluster = new Cluster([...address.nodes]);
  await cluster.ping();
  for (const { options } of cluster.nodes('master')) await removeKeys(`redis://${options.host}:${options.port}`, gateway);
  cluster.disconnect();
}

/** Every key of a gateway begins with its hash tag, or with one of those that it has for what is reported. */
async function removeKeys(url: string, gateway: string): Promise<void> {
  const redis = new Redis(url);
  const tag = new RedisKeys(gateway).revision().replace(/\}:revision$/, '');
  for await (const keys of redis.scanStream({ match: `${tag}[:}]*` }) as AsyncIterable<string[]>) {
    await Promise.all(keys.map((key) => redis.unlink(key))); // of a cluster's node, they lie in several slots
  }
  await redis.quit();
}
