import type { RedisKeys } from '../../../contract/redis-keys.ts';
import type { RedisClient } from '../../snapshots/index.ts';

/** An entry of a stream, as it came. */
export interface StreamEntry {
  readonly shard: number;
  readonly id: string;
  readonly fields: ReadonlyMap<string, string>;
}

/** The group that all control planes read in: each entry goes to one of them. */
const GROUP = 'control-plane';

/** How long an entry is somebody's who says nothing of it, in milliseconds: longer than writing takes, shorter than people wait. */
const CLAIM_IDLE_MS = 20_000;

/** Consumers that were silent for so long, in milliseconds, and have nothing under way are forgotten. */
const FORGOTTEN_MS = 600_000;

/**
 * Takes entries out of the group and the stream, and their bytes out of the count that bounds it, in one step.
 * KEYS: stream, its bytes. ARGV: group, then id and bytes of each entry. An entry that somebody else took out already counts once.
 * There may be no group: Redis lost its data after the entries were read. Redis then has nothing to acknowledge, others refuse to.
 */
const REMOVE = `
  local freed = 0
  for i = 2, #ARGV, 2 do
    redis.pcall('XACK', KEYS[1], ARGV[1], ARGV[i])
    if redis.call('XDEL', KEYS[1], ARGV[i]) == 1 then freed = freed + tonumber(ARGV[i + 1]) end
  end
  local held = tonumber(redis.call('GET', KEYS[2]) or '0') - freed
  if held < 0 then held = 0 end
  redis.call('SET', KEYS[2], string.format('%.0f', held))
  return freed`;

/** A client that knows the script by its digest. */
type WithScript = RedisClient & { trafficRemove(...args: readonly (string | number)[]): Promise<number> };

type RawEntry = readonly [id: string, fields: readonly string[] | null];

/** The streams that data planes report to, as one of the control planes reads them. */
export class TrafficStreams {
  readonly #redis: WithScript;
  readonly #keys: RedisKeys;
  readonly #consumer: string;
  readonly #claimIdleMs: number;
  readonly #hasGroup = new Set<number>();

  constructor(redis: RedisClient, keys: RedisKeys, consumer: string, claimIdleMs = CLAIM_IDLE_MS) {
    this.#claimIdleMs = claimIdleMs;
    redis.defineCommand('trafficRemove', { lua: REMOVE, numberOfKeys: 2 });
    this.#redis = redis as WithScript;
    this.#keys = keys;
    this.#consumer = consumer;
  }

  /** The next entries that nobody has, at most so many. They are this consumer's until they are removed. */
  read(shard: number, most: number): Promise<StreamEntry[]> {
    return this.#withGroup(shard, async (stream) => {
      const answer = await this.#redis.xreadgroup('GROUP', GROUP, this.#consumer, 'COUNT', most, 'STREAMS', stream, '>');
      const [, entries] = (answer as readonly (readonly [string, readonly RawEntry[]])[] | null)?.[0] ?? [];
      return toEntries(shard, entries ?? []);
    });
  }

  /** Entries whose reader is gone, or has said nothing for too long. */
  claim(shard: number, most: number): Promise<StreamEntry[]> {
    return this.#withGroup(shard, async (stream) => {
      const answer = await this.#redis.xautoclaim(stream, GROUP, this.#consumer, this.#claimIdleMs, '0', 'COUNT', most);
      return toEntries(shard, (answer as unknown as readonly [string, readonly RawEntry[]])[1]);
    });
  }

  /** What was kept is not needed any longer. */
  async remove(shard: number, entries: readonly StreamEntry[]): Promise<void> {
    const values = entries.flatMap(({ id, fields }) => [id, Buffer.byteLength(fields.get('e') ?? '')]);
    await this.#redis.trafficRemove(this.#keys.trafficEvents(shard), this.#keys.trafficBytes(shard), GROUP, ...values);
  }

  /** Forgets readers that are gone; they would add up with each restart. */
  async forgetConsumers(shard: number): Promise<void> {
    await this.#withGroup(shard, async (stream) => {
      const consumers = (await this.#redis.xinfo('CONSUMERS', stream, GROUP)) as readonly (readonly unknown[])[];
      for (const consumer of consumers) {
        const facts = toFacts(consumer);
        if (Number(facts.get('pending')) > 0 || Number(facts.get('idle')) < FORGOTTEN_MS) continue;
        await this.#redis.xgroup('DELCONSUMER', stream, GROUP, String(facts.get('name')));
      }
      return [];
    });
  }

  /** A Redis that lost its data has lost the group as well. */
  async #withGroup(shard: number, work: (stream: string) => Promise<StreamEntry[]>): Promise<StreamEntry[]> {
    const stream = this.#keys.trafficEvents(shard);
    if (!this.#hasGroup.has(shard)) await this.#makeGroup(shard, stream);
    try {
      return await work(stream);
    } catch (cause) {
      if (!(cause instanceof Error) || !cause.message.startsWith('NOGROUP')) throw cause;
      this.#hasGroup.delete(shard);
      return [];
    }
  }

  async #makeGroup(shard: number, stream: string): Promise<void> {
    try {
      await this.#redis.xgroup('CREATE', stream, GROUP, '0', 'MKSTREAM');
    } catch (cause) {
      if (!(cause instanceof Error) || !cause.message.startsWith('BUSYGROUP')) throw cause;
    }
    this.#hasGroup.add(shard);
  }
}

/** Entries without fields were removed from the stream while somebody had them. */
function toEntries(shard: number, raw: readonly RawEntry[]): StreamEntry[] {
  return raw.flatMap(([id, fields]) => (fields === null ? [] : [{ shard, id, fields: toFacts(fields) as Map<string, string> }]));
}

function toFacts(flat: readonly unknown[]): Map<string, unknown> {
  const facts = new Map<string, unknown>();
  for (let i = 0; i + 1 < flat.length; i += 2) facts.set(String(flat[i]), flat[i + 1]);
  return facts;
}
