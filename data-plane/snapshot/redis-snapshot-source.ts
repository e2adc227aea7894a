import type { RedisKeys } from '../../contract/redis-keys.ts';
import type { RedisClient } from './open-redis.ts';
import type { SnapshotSource } from './snapshot-source.ts';

/** The snapshot as the control plane publishes it: documents by hash, manifests and deltas by revision, and a pointer. */
export class RedisSnapshotSource implements SnapshotSource {
  readonly #redis: RedisClient;
  readonly #keys: RedisKeys;

  constructor(redis: RedisClient, keys: RedisKeys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  async readRevision(): Promise<number | undefined> {
    const revision = Number((await this.#redis.get(this.#keys.revision())) ?? undefined);
    return Number.isSafeInteger(revision) ? revision : undefined;
  }

  async readManifest(revision: number): Promise<string | undefined> {
    return (await this.#redis.get(this.#keys.manifest(revision))) ?? undefined;
  }

  async readDelta(revision: number): Promise<string | undefined> {
    return (await this.#redis.get(this.#keys.delta(revision))) ?? undefined;
  }

  async readBodies(hashes: readonly string[]): Promise<ReadonlyMap<string, string>> {
    if (hashes.length === 0) return new Map();
    const bodies = await this.#redis.mget(hashes.map((hash) => this.#keys.document(hash)));
    return new Map(
      hashes.map((hash, index) => [hash, bodies[index]] as const).filter((entry): entry is [string, string] => entry[1] != null),
    );
  }
}
