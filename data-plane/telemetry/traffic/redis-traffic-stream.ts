import type { RedisKeys } from '../../../contract/redis-keys.ts';
import { TRAFFIC_ENTRY_FIELDS as FIELDS, TRAFFIC_FORMAT, TRAFFIC_SHARDS, toTrafficShard } from '../../../contract/traffic-event.ts';
import type { RedisClient } from '../../snapshot/open-redis.ts';
import type { TrafficBatch } from './traffic-batch.ts';

/** What became of a batch. `full`: the stream holds as much as it may, because nobody reads it. */
export type AddOutcome = 'added' | 'full' | 'failed';

/** Where batches go. */
export interface TrafficStream {
  /** Adds batches in their order. Never rejects. */
  add(batches: readonly TrafficBatch[]): Promise<AddOutcome[]>;
}

/**
 * Adds an entry, unless the stream holds as many bytes as it may. Nothing is ever taken away to make room: what does not fit waits
 * with whoever reports it, where it is counted. KEYS: stream, its bytes. ARGV: most bytes, format, process, count, lines.
 * The count of bytes begins anew with an empty stream, should the two ever disagree.
 */
const ADD = `
  local held = tonumber(redis.call('GET', KEYS[2]) or '0')
  if held ~= 0 and redis.call('XLEN', KEYS[1]) == 0 then held = 0 end
  local bytes = #ARGV[5]
  if held > 0 and held + bytes > tonumber(ARGV[1]) then return 0 end
  redis.call('XADD', KEYS[1], '*', '${FIELDS.format}', ARGV[2], '${FIELDS.gatewayId}', ARGV[3], '${FIELDS.count}', ARGV[4], '${FIELDS.lines}', ARGV[5])
  redis.call('SET', KEYS[2], string.format('%.0f', held + bytes))
  return 1`;

/** A client that knows the script by its digest. */
type WithScript = { trafficAdd(...args: readonly (string | number | Buffer)[]): Promise<number> };

/** The streams of a gateway in Redis. */
export class RedisTrafficStream implements TrafficStream {
  readonly #redis: WithScript;
  readonly #keys: RedisKeys;
  readonly #maxBytes: number;

  /** @param maxBytes how much all streams of the gateway may hold together. */
  constructor(redis: RedisClient, keys: RedisKeys, maxBytes: number) {
    redis.defineCommand('trafficAdd', { lua: ADD, numberOfKeys: 2 });
    this.#redis = redis as RedisClient & WithScript;
    this.#keys = keys;
    this.#maxBytes = Math.floor(maxBytes / TRAFFIC_SHARDS);
  }

  /** Sent together and answered together: commands of one connection are worked on in their order. */
  add(batches: readonly TrafficBatch[]): Promise<AddOutcome[]> {
    return Promise.all(batches.map((batch) => this.#add(batch)));
  }

  async #add({ gatewayId, count, lines }: TrafficBatch): Promise<AddOutcome> {
    const shard = toTrafficShard(gatewayId);
    const [stream, bytes] = [this.#keys.trafficEvents(shard), this.#keys.trafficBytes(shard)];
    try {
      return (await this.#redis.trafficAdd(stream, bytes, this.#maxBytes, TRAFFIC_FORMAT, gatewayId, count, lines)) === 1
        ? 'added'
        : 'full';
    } catch {
      // Away, slow or confused: to the sender it is the same, and it tries again. What it says may quote the batch.
      return 'failed';
    }
  }
}
