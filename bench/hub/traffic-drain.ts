import { Redis } from 'ioredis';
import { RedisKeys } from '../../contract/redis-keys.ts';
import { TRAFFIC_SHARDS } from '../../contract/traffic-event.ts';

/** How often events are taken away, in milliseconds. */
const INTERVAL_MS = 250;

/** Takes events out of Redis, as a control plane does that keeps up. It writes them nowhere: what that costs is not the data plane's. */
export class TrafficDrain {
  readonly #redis: Redis;
  readonly #timer: NodeJS.Timeout;

  constructor(redisUrl: string, gateway: string) {
    const keys = new RedisKeys(gateway);
    const shards = Array.from({ length: TRAFFIC_SHARDS }, (_, shard) => [keys.trafficEvents(shard), keys.trafficBytes(shard)]);
    this.#redis = new Redis(redisUrl);
    this.#timer = setInterval(() => void this.#redis.unlink(...shards.flat()), INTERVAL_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#redis.disconnect();
  }
}
