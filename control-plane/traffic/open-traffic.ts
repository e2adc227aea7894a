import { randomUUID } from 'node:crypto';
import type { RedisKeys } from '../../contract/redis-keys.ts';
import { TRAFFIC_SHARDS } from '../../contract/traffic-event.ts';
import type { RedisClient } from '../snapshots/index.ts';
import { TrafficIngest, type TrafficIngestOptions } from './ingest/traffic-ingest.ts';
import { TrafficStreams } from './ingest/traffic-streams.ts';
import { TrafficUpkeep, type TrafficUpkeepOptions } from './ingest/traffic-upkeep.ts';
import { UsageCounting } from './usage/usage-counting.ts';

/** What the log of interactions needs of the control plane. */
export interface TrafficLogOptions extends Omit<TrafficIngestOptions, 'streams'>, TrafficUpkeepOptions {
  readonly redis: RedisClient;
  readonly keys: RedisKeys;
}

/** The log of interactions, being written. */
export interface TrafficLog {
  readonly ingest: TrafficIngest;
  /** Bytes of events that Redis holds and nobody has written; undefined where Redis cannot be asked. */
  readWaitingBytes(): Promise<number | undefined>;
  start(): void;
  stop(): Promise<void>;
}

export function openTrafficLog(options: TrafficLogOptions): TrafficLog {
  const { keys, redis } = options;
  const ingest = new TrafficIngest({ ...options, streams: new TrafficStreams(redis, keys, `cp_${randomUUID()}`) });
  const upkeep = new TrafficUpkeep(options);
  const counting = new UsageCounting(options);
  return {
    ingest,
    async readWaitingBytes() {
      const shards = Array.from({ length: TRAFFIC_SHARDS }, (_, shard) => redis.get(keys.trafficBytes(shard)));
      // An error is an outage of Redis, which the log reports.
      const held = await Promise.all(shards).catch(() => undefined);
      return held?.reduce((sum, bytes) => sum + Number(bytes ?? 0), 0);
    },
    start() {
      upkeep.start();
      ingest.start();
      counting.start();
    },
    async stop() {
      await Promise.all([ingest.stop(), upkeep.stop(), counting.stop()]);
    },
  };
}
