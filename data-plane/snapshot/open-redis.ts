import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { RedisAddress } from '../../contract/redis-address.ts';

/** A client of one server or of a cluster. All keys of a gateway share a slot, so every command works on both. */
export type RedisClient = Redis | Cluster;

const CONNECT_TIMEOUT_MS = 3_000;
/** Nothing that is asked for takes a healthy Redis this long. */
const COMMAND_TIMEOUT_MS = 5_000;
const LONGEST_PAUSE_MS = 1_000;

/** A client whose commands fail soon while Redis is away, because whoever sends them tries again by itself. It reconnects for ever. */
export function openCommandClient(address: RedisAddress): RedisClient {
  return open(address, { commandTimeout: COMMAND_TIMEOUT_MS, maxRetriesPerRequest: 1 });
}

/** How long a call waits for its limits to be counted, in milliseconds. */
const COUNTING_TIMEOUT_MS = 500;

/** A client for what a call waits for: its commands fail at once while there is no connection. */
export function openCountingClient(address: RedisAddress): RedisClient {
  return open(address, { commandTimeout: COUNTING_TIMEOUT_MS, maxRetriesPerRequest: 0, enableOfflineQueue: false });
}

/** How long a batch of events waits to be taken, in milliseconds. */
const REPORTING_TIMEOUT_MS = 2_000;

/** A client for what is reported, and kept elsewhere while there is no connection. */
export function openReportingClient(address: RedisAddress): RedisClient {
  return open(address, { commandTimeout: REPORTING_TIMEOUT_MS, maxRetriesPerRequest: 0, enableOfflineQueue: false });
}

/** A client for a subscription, which renews it with every connection. */
export function openSubscriberClient(address: RedisAddress): RedisClient {
  return open(address, { autoResubscribe: false, maxRetriesPerRequest: null });
}

/** Resolves once a client fails to connect; at once where its last attempt failed. A connection that is lost later does not count. */
export function waitForRefusal(client: RedisClient): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const onClose = () => resolve();
  if (client.status === 'reconnecting') resolve();
  else if (client.status !== 'ready') client.once('close', onClose).once('ready', () => client.off('close', onClose));
  return promise;
}

function open(address: RedisAddress, options: RedisOptions): RedisClient {
  const server: RedisOptions = { ...options, connectTimeout: CONNECT_TIMEOUT_MS };
  const client = address.kind === 'single' ? new Redis(address.url, { ...server, retryStrategy: pauseMs }) : openCluster(address, server);
  // An unreachable Redis shows in the commands that fail, where it is reported once and not with every attempt to connect.
  client.on('error', () => undefined);
  return client;
}

function openCluster({ nodes, username, password, tls }: Extract<RedisAddress, { kind: 'cluster' }>, server: RedisOptions): Cluster {
  return new Cluster([...nodes], {
    shardedSubscribers: true,
    enableOfflineQueue: server.enableOfflineQueue ?? true,
    clusterRetryStrategy: pauseMs,
    redisOptions: { ...server, username, password, tls: tls ? {} : undefined },
  });
}

function pauseMs(attempt: number): number {
  return Math.min(attempt * 100, LONGEST_PAUSE_MS);
}
