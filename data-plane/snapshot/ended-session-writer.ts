import type { RedisKeys } from '../../contract/redis-keys.ts';
import type { RedisClient } from './open-redis.ts';

/** How long it is known that a session was ended, in seconds. */
const ENDED_SESSION_SECONDS = 86_400;

/**
 * Tells the other processes which sessions their clients ended. Those of one turn of the event loop leave in one piece: a write costs more
 * than all the rest of it. They leave at the end of the same turn, so before an upstream can have answered the DELETE.
 */
export class EndedSessionWriter {
  readonly #redis: RedisClient;
  readonly #keys: RedisKeys;
  #digests: string[] = [];
  #written: Promise<void> | undefined;

  constructor(redis: RedisClient, keys: RedisKeys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  /** Resolves once it is known everywhere. Rejects while Redis is away. */
  write(digest: string): Promise<void> {
    this.#digests.push(digest);
    this.#written ??= new Promise((resolve, reject) => {
      setImmediate(() => void this.#writeAll().then(resolve, reject));
    });
    return this.#written;
  }

  async #writeAll(): Promise<void> {
    const pipeline = this.#redis.pipeline();
    for (const digest of this.#digests) pipeline.set(this.#keys.endedSession(digest), '1', 'EX', ENDED_SESSION_SECONDS);
    this.#digests = [];
    this.#written = undefined;
    for (const [error] of (await pipeline.exec()) ?? []) if (error !== null) throw error;
  }
}
