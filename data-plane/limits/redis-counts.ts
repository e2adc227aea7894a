import { WINDOW_SLICES } from '../../contract/rate-limit.ts';
import type { RedisKeys } from '../../contract/redis-keys.ts';
import type { RedisClient } from '../snapshot/open-redis.ts';
import type { LimitCount } from './limit-counts.ts';
import { SLOT_LEASE_MS, type HeldSlot, type SharedCounts } from './shared-counts.ts';
import { ADMITTED, SLOT_RETRY_MS, type LimitOutcome } from './limit-outcome.ts';

/**
 * Checks all counts of a call and, where none is full, counts it in all of them: one step, so that no other call comes in between.
 * KEYS: the reports of the processes, then one key a bound. ARGV: call, lease, slices, then kind, maximum, window and requests of each bound.
 * Answers with the number of the bound that is full (0: none), the pause, and how many processes there are. The clock is that of Redis; what was
 * counted in its future, because it was set back, is forgotten.
 */
const ADMIT = `
  local time = redis.call('TIME')
  local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
  local lease, slices = tonumber(ARGV[2]), tonumber(ARGV[3])
  local processes = redis.call('HLEN', KEYS[1])
  for i = 2, #KEYS do
    local at = 4 + (i - 2) * 4
    local kind, max, window, requests = ARGV[at], tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
    if kind == 'slots' then
      redis.call('ZREMRANGEBYSCORE', KEYS[i], '-inf', now)
      if redis.call('ZCARD', KEYS[i]) >= max then return {i - 1, 0, processes} end
    else
      local slice = math.ceil(window / slices)
      local oldest = math.floor(now / slice) - slices
      local entries = redis.call('HGETALL', KEYS[i])
      local total, counted = 0, {}
      for j = 1, #entries, 2 do
        local number, count = tonumber(entries[j]), tonumber(entries[j + 1])
        if number < oldest or number > oldest + slices + 1 then redis.call('HDEL', KEYS[i], entries[j])
        else
          total = total + count
          counted[#counted + 1] = {number, count}
        end
      end
      if total + requests > max then
        table.sort(counted, function(a, b) return a[1] < b[1] end)
        local excess, pause = total + requests - max, window
        for _, entry in ipairs(counted) do
          excess = excess - entry[2]
          if excess <= 0 then
            pause = (entry[1] + slices + 1) * slice - now
            break
          end
        end
        return {i - 1, pause, processes}
      end
    end
  end
  for i = 2, #KEYS do
    local at = 4 + (i - 2) * 4
    if ARGV[at] == 'slots' then
      redis.call('ZADD', KEYS[i], now + lease, ARGV[1])
      redis.call('PEXPIRE', KEYS[i], lease)
    else
      local slice = math.ceil(tonumber(ARGV[at + 2]) / slices)
      redis.call('HINCRBY', KEYS[i], tostring(math.floor(now / slice)), ARGV[at + 3])
      redis.call('PEXPIRE', KEYS[i], slice * (slices + 1))
    end
  end
  return {0, 0, processes}`;

/** Keeps slots taken whose calls still run. A slot that was lost, because Redis was away for longer than the lease, is taken again. */
const RENEW = `
  local time = redis.call('TIME')
  local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
  for i = 1, #KEYS do
    redis.call('ZADD', KEYS[i], now + tonumber(ARGV[1]), ARGV[i + 1])
    redis.call('PEXPIRE', KEYS[i], tonumber(ARGV[1]))
  end
  return #KEYS`;

/** How many slots one command renews. */
const RENEWED_AT_ONCE = 500;

/** One bound of a limit: a limit may have two. */
interface Bound {
  readonly count: LimitCount;
  readonly key: string;
  readonly kind: 'rate' | 'slots';
  readonly max: number;
  readonly windowMs: number;
}

/** A client that knows the scripts by their digests. */
type WithScripts = Pick<RedisClient, 'pipeline'> & {
  limitAdmit(...args: readonly (string | number)[]): Promise<[full: number, pauseMs: number, processes: number]>;
  limitRenew(...args: readonly (string | number)[]): Promise<number>;
};

/** Counts in Redis. */
export class RedisCounts implements SharedCounts {
  readonly #redis: WithScripts;
  readonly #keys: RedisKeys;
  processes = 1;

  constructor(redis: RedisClient, keys: RedisKeys) {
    redis.defineCommand('limitAdmit', { lua: ADMIT });
    redis.defineCommand('limitRenew', { lua: RENEW });
    this.#redis = redis as RedisClient & WithScripts;
    this.#keys = keys;
  }

  async admit(callId: string, counts: readonly LimitCount[]): Promise<LimitOutcome> {
    const bounds = counts.flatMap((count) => this.#toBounds(count));
    const keys = [this.#keys.gateways(), ...bounds.map(({ key }) => key)];
    const values = bounds.flatMap(({ count, kind, max, windowMs }) => [kind, max, windowMs, count.requests]);
    const answer = await this.#redis.limitAdmit(keys.length, ...keys, callId, SLOT_LEASE_MS, WINDOW_SLICES, ...values);
    const [full, pauseMs, processes] = answer;
    this.processes = Math.max(1, processes);
    const bound = bounds[full - 1];
    if (bound === undefined) return ADMITTED;
    if (bound.kind === 'rate') return { kind: 'full', count: bound.count, bound: 'rate', retryAfterMs: pauseMs };
    return { kind: 'full', count: bound.count, bound: 'concurrency', retryAfterMs: SLOT_RETRY_MS };
  }

  async release(slots: readonly HeldSlot[]): Promise<void> {
    const pipeline = this.#redis.pipeline();
    for (const { callId, count } of slots) pipeline.zrem(this.#keys.limitSlots(count.key), callId);
    await pipeline.exec();
  }

  async renew(slots: readonly HeldSlot[]): Promise<void> {
    for (let start = 0; start < slots.length; start += RENEWED_AT_ONCE) {
      const part = slots.slice(start, start + RENEWED_AT_ONCE);
      const keys = part.map(({ count }) => this.#keys.limitSlots(count.key));
      await this.#redis.limitRenew(keys.length, ...keys, SLOT_LEASE_MS, ...part.map(({ callId }) => callId));
    }
  }

  #toBounds(count: LimitCount): Bound[] {
    const { rate, maxConcurrent } = count.limit;
    const bounds: Bound[] = [];
    if (rate !== undefined) {
      const { maxRequests: max, windowMs } = rate;
      // Slices are numbered by their length, so another window needs another count.
      bounds.push({ count, key: this.#keys.limitRate(`${count.key}:${windowMs}`), kind: 'rate', max, windowMs });
    }
    if (maxConcurrent !== undefined) {
      bounds.push({ count, key: this.#keys.limitSlots(count.key), kind: 'slots', max: maxConcurrent, windowMs: 0 });
    }
    return bounds;
  }
}
