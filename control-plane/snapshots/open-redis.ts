import { Cluster, Redis, type ClusterOptions, type RedisOptions } from 'ioredis';
import type { RedisAddress } from '../../contract/redis-address.ts';
import type { Logger } from '../../foundation/logger.ts';

/** A client of one server or of a cluster; every command here works on both, because all keys of a gateway share a slot. */
export type RedisClient = Redis | Cluster;

/** Publishing everything at once is one long command; anything slower than this is an outage. */
const COMMAND_TIMEOUT_MS = 15_000;
const CONNECT_TIMEOUT_MS = 3_000;
const LONGEST_PAUSE_MS = 2_000;

/**
 * Waits for the connection, but not for long. Commands fail soon while Redis is away, because whoever sends them has a retry of its
 * own; the connection itself keeps trying.
 */
export async function openRedis(address: RedisAddress, logger: Logger): Promise<RedisClient> {
  const redis = address.kind === 'single' ? new Redis(address.url, { ...SERVER, retryStrategy: pauseMs }) : openCluster(address);
  let isAway = false;
  redis.on('error', (cause: Error) => {
    if (!isAway) logger.warn({ event: 'redis_unreachable', reason: cause.message }, 'Redis cannot be reached');
    isAway = true;
  });
  redis.on('ready', () => {
    if (isAway) logger.info({ event: 'redis_reachable' }, 'Redis can be reached again');
    isAway = false;
  });
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, CONNECT_TIMEOUT_MS);
    redis.once('ready', () => {
      clearTimeout(timer);
      resolve();
    });
  });
  return redis;
}

const SERVER: RedisOptions = { connectTimeout: CONNECT_TIMEOUT_MS, commandTimeout: COMMAND_TIMEOUT_MS, maxRetriesPerRequest: 1 };

function openCluster(address: Extract<RedisAddress, { kind: 'cluster' }>): Cluster {
  const { username, password, tls } = address;
  const options: ClusterOptions = {
    redisOptions: { ...SERVER, username, password, tls: tls ? {} : undefined },
    clusterRetryStrategy: pauseMs,
    // What waits for a cluster to come back has no time limit of its own.
    enableOfflineQueue: false,
  };
  return new Cluster([...address.nodes], options);
}

function pauseMs(attempt: number): number {
  return Math.min(attempt * 100, LONGEST_PAUSE_MS);
}
