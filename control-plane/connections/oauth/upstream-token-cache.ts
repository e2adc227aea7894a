import type { KeyRing } from '../../../contract/key-ring.ts';
import type { RedisKeys } from '../../../contract/redis-keys.ts';
import { sealSecret } from '../../../contract/sealed-secret.ts';
import { upstreamTokenOwner, type UpstreamToken } from '../../../contract/upstream-token.ts';
import type { Logger } from '../../../foundation/logger.ts';
import type { ConnectionTokens, SealedTokens } from './connection-tokens.entity.ts';

/** How long a token stays whose lifetime is not known, in milliseconds; a data plane that misses it asks. */
const UNKNOWN_LIFETIME_MS = 24 * 3_600_000;

/** As much of Redis as the cache needs. */
export interface TokenRedis {
  set(key: string, value: string, unit: 'PX', ttlMs: number): Promise<unknown>;
  set(key: string, value: string, unit: 'PX', ttlMs: number, condition: 'NX'): Promise<unknown>;
  del(key: string): Promise<unknown>;
  /** After each time that it was away. */
  on(event: 'ready', listener: () => void): unknown;
}

/** Access tokens in Redis, where data planes find them. It may lose them: then data planes ask. */
export class UpstreamTokenCache {
  readonly #redis: TokenRedis;
  readonly #keys: RedisKeys;
  readonly #ring: KeyRing;
  readonly #logger: Logger;

  constructor(redis: TokenRedis, keys: RedisKeys, ring: KeyRing, logger: Logger) {
    this.#redis = redis;
    this.#keys = keys;
    this.#ring = ring;
    this.#logger = logger;
  }

  /** The token as data planes take it; undefined where there is none. */
  seal(row: ConnectionTokens, { accessToken }: SealedTokens): string | undefined {
    if (accessToken === undefined) return undefined;
    const token: UpstreamToken = {
      accessToken,
      expiresAtMs: row.expiresAt?.getTime(),
      epoch: row.epoch,
      serial: row.serial,
    };
    return sealSecret(this.#ring, upstreamTokenOwner(row.connectionId), JSON.stringify(token));
  }

  /** Replaces what is there. Call it while no other token of the connection can be obtained. */
  async publish(row: ConnectionTokens, secrets: SealedTokens, nowMs: number): Promise<void> {
    const place = this.#place(row, secrets, nowMs);
    if (place !== undefined) await this.#attempt(() => this.#redis.set(place.key, place.sealed, 'PX', place.ttlMs));
  }

  /** Puts back what is not there. */
  async restore(row: ConnectionTokens, secrets: SealedTokens, nowMs: number): Promise<boolean> {
    const place = this.#place(row, secrets, nowMs);
    return place === undefined || this.#attempt(() => this.#redis.set(place.key, place.sealed, 'PX', place.ttlMs, 'NX'));
  }

  async remove(connectionId: string): Promise<void> {
    await this.#attempt(() => this.#redis.del(this.#keys.upstreamToken(connectionId)));
  }

  #place(row: ConnectionTokens, secrets: SealedTokens, nowMs: number): { key: string; sealed: string; ttlMs: number } | undefined {
    const ttlMs = Math.ceil(row.expiresAt == null ? UNKNOWN_LIFETIME_MS : row.expiresAt.getTime() - nowMs);
    const sealed = ttlMs <= 0 || row.state === 'NEEDS_AUTHORIZATION' ? undefined : this.seal(row, secrets);
    return sealed === undefined ? undefined : { key: this.#keys.upstreamToken(row.connectionId), sealed, ttlMs };
  }

  async #attempt(command: () => Promise<unknown>): Promise<boolean> {
    try {
      await command();
      return true;
    } catch (cause) {
      this.#logger.warn({ event: 'upstream_token_not_cached', err: cause }, 'Redis does not take an access token; data planes will ask');
      return false;
    }
  }
}
