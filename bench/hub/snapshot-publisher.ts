import { Redis } from 'ioredis';
import { RedisKeys } from '../../contract/redis-keys.ts';
import { SEAL_PROBE_OWNER, sealSecret } from '../../contract/sealed-secret.ts';
import {
  toDocumentName,
  hashDocument,
  SNAPSHOT_FORMAT,
  type Manifest,
  type ManifestDelta,
  type SnapshotDocument,
} from '../../contract/snapshot.ts';
import type { Hub } from './hub.ts';
import { removeKeys } from './remove-keys.ts';

/** Commands in one round trip. */
const BATCH = 1_000;

/** Writes snapshots to Redis as the control plane does: bodies, manifest and difference, then the pointer. Alone, so without its races. */
export class SnapshotPublisher {
  readonly gateway: string;
  readonly #redis: Redis;
  readonly #keys: RedisKeys;
  readonly #sealProbe: string;
  readonly #hashes: Record<string, string> = {};
  #revision = 0;

  constructor(redisUrl: string, gateway: string, hub: Hub) {
    this.gateway = gateway;
    this.#redis = new Redis(redisUrl);
    this.#keys = new RedisKeys(gateway);
    this.#sealProbe = sealSecret(hub.ring, SEAL_PROBE_OWNER, 'bench');
  }

  /** The revision that was published last. */
  get revision(): number {
    return this.#revision;
  }

  /** Publishes a revision that adds or replaces these documents, and resolves with its number. */
  async publish(documents: readonly SnapshotDocument[]): Promise<number> {
    const changed: Record<string, string> = {};
    const bodies = documents.map((document) => {
      const body = JSON.stringify(document);
      const hash = (changed[toDocumentName(document)] = hashDocument(body));
      return [this.#keys.document(hash), body] as const;
    });
    for (let start = 0; start < bodies.length; start += BATCH) await this.#redis.mset(new Map(bodies.slice(start, start + BATCH)));
    Object.assign(this.#hashes, changed);
    const from = this.#revision;
    const revision = ++this.#revision;
    const shared = { format: SNAPSHOT_FORMAT, revision, sealProbe: this.#sealProbe };
    await this.#redis.set(this.#keys.manifest(revision), JSON.stringify({ ...shared, documents: this.#hashes } satisfies Manifest));
    await this.#redis.set(this.#keys.delta(revision), JSON.stringify({ ...shared, from, changed } satisfies ManifestDelta));
    await this.#redis.set(this.#keys.revision(), revision);
    await this.#redis.spublish(this.#keys.changed(), String(revision));
    await this.#redis.expire(this.#keys.manifest(from), 10);
    return revision;
  }

  /** Removes what it wrote, where Redis is not ours alone, and lets go of it. */
  async close(): Promise<void> {
    await removeKeys(this.#redis, this.gateway);
    await this.#redis.quit();
  }
}
