import { ManifestSchema, type Manifest } from '../../contract/snapshot.ts';
import type { RedisKeys } from '../../contract/redis-keys.ts';
import type { RedisClient } from './open-redis.ts';
import { parseJson } from './parse-json.ts';

/** How long a body lives that was written and is not published yet; a publisher that dies in between leaves nothing behind. */
const UNPUBLISHED_SECONDS = 900;
/** How long a document lives on after the last manifest that named it: readers may still be loading that one. */
const RETIRED_DOCUMENT_SECONDS = 300;
/** A reader that finds the manifest gone reads the pointer again, so a superseded one may go soon. */
const RETIRED_MANIFEST_SECONDS = 10;
/** How far back a reader may have stayed and still catch up by deltas. */
const DELTA_SECONDS = 300;
/** Documents in one round trip. */
const BATCH = 500;

/** One script instead of a pipeline, because many small replies in a row wait for each other's acknowledgment. */
const WRITE = `
for i = 1, #KEYS do
  if not redis.call('SET', KEYS[i], ARGV[i], 'EX', ${UNPUBLISHED_SECONDS}, 'NX') then
    redis.call('EXPIRE', KEYS[i], ${UNPUBLISHED_SECONDS}, 'GT')
  end
end`;

/**
 * Moves the pointer if it still stands where the publisher believes, and only forward: of two publishers that race, the older loses
 * and changes nothing. What the pointer names stops expiring, and what it no longer names starts to, in the same step; otherwise a
 * publisher that was overtaken could let a live document expire.
 */
const ADVANCE = `
local pointer, channel, manifest, delta, replaced = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local expected, revision, lastKept = ARGV[1], ARGV[2], 5 + tonumber(ARGV[3])
local current = redis.call('GET', pointer) or ''
if current ~= expected then return 'superseded' end
if current ~= '' and tonumber(current) >= tonumber(revision) then return 'superseded' end
for i = 6, lastKept do
  if redis.call('EXISTS', KEYS[i]) == 0 then return 'incomplete' end
end
for i = 6, lastKept do redis.call('PERSIST', KEYS[i]) end
for i = lastKept + 1, #KEYS do redis.call('EXPIRE', KEYS[i], ${RETIRED_DOCUMENT_SECONDS}) end
if replaced ~= manifest then redis.call('EXPIRE', replaced, ${RETIRED_MANIFEST_SECONDS}) end
redis.call('SET', manifest, ARGV[4])
if ARGV[5] ~= '' then redis.call('SET', delta, ARGV[5], 'EX', ${DELTA_SECONDS}) end
redis.call('SET', pointer, revision)
redis.call('SPUBLISH', channel, revision)
return 'published'`;

/** A body under the hash of its bytes. */
export interface StoredBody {
  readonly hash: string;
  readonly body: string;
}

/** A revision whose documents are stored already. */
export interface Publication {
  /** Where the pointer stands, as far as the publisher knows; undefined where Redis has none. */
  readonly replaces: number | undefined;
  readonly revision: number;
  readonly manifest: string;
  /** The difference to `replaces`, for readers that have that one. */
  readonly delta: string | undefined;
  /** Documents that have to stay. Those that the replaced revision named too may be left out. */
  readonly kept: readonly string[];
  /** Documents that the replaced revision named and this one does not. */
  readonly retired: readonly string[];
}

export type PublishOutcome =
  | 'published'
  /** The pointer stands elsewhere: another publisher was faster, or Redis lost its data. Nothing was changed. */
  | 'superseded'
  /** A body that has to stay is not there. Nothing was changed. */
  | 'incomplete';

/** The snapshot of one gateway in Redis: bodies first, then the pointer, which only moves forward. */
export class RedisSnapshotStore {
  readonly #redis: RedisClient;
  readonly #keys: RedisKeys;

  constructor(redis: RedisClient, keys: RedisKeys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  /** Where the pointer stands. */
  async readPointer(): Promise<number | undefined> {
    const revision = await this.#redis.get(this.#keys.revision());
    return revision === null ? undefined : Number(revision);
  }

  /** Undefined where it is not there or cannot be read: what is there instead is not worth keeping. */
  async readManifest(revision: number): Promise<Manifest | undefined> {
    const body = await this.#redis.get(this.#keys.manifest(revision));
    return body === null ? undefined : ManifestSchema.safeParse(parseJson(body)).data;
  }

  /** The named documents of the published revision as they are in it, undefined for one that it does not have; undefined where none is published. */
  async readDocuments(names: readonly string[]): Promise<{ revision: number; documents: readonly unknown[] } | undefined> {
    const revision = await this.readPointer();
    const manifest = revision === undefined ? undefined : await this.readManifest(revision);
    if (revision === undefined || manifest === undefined) return undefined;
    const bodies = names.map(async (name) => {
      const hash = manifest.documents[name];
      const body = hash === undefined ? null : await this.#redis.get(this.#keys.document(hash));
      return body === null ? undefined : parseJson(body);
    });
    return { revision, documents: await Promise.all(bodies) };
  }

  async hasManifest(revision: number): Promise<boolean> {
    return (await this.#redis.exists(this.#keys.manifest(revision))) === 1;
  }

  async hasDocuments(hashes: readonly string[]): Promise<boolean> {
    for (const batch of toBatches(hashes)) {
      const found = await this.#redis.exists(...batch.map((hash) => this.#keys.document(hash)));
      if (found !== batch.length) return false;
    }
    return true;
  }

  /** A body that is there already is left alone, except that it does not expire before it can be published. */
  async writeDocuments(bodies: readonly StoredBody[]): Promise<void> {
    for (const batch of toBatches(bodies)) {
      const keys = batch.map(({ hash }) => this.#keys.document(hash));
      await this.#redis.call('EVAL', [WRITE, keys.length, ...keys, ...batch.map(({ body }) => body)]);
    }
  }

  async publish(publication: Publication): Promise<PublishOutcome> {
    const { replaces, revision, manifest, delta, kept, retired } = publication;
    const own = this.#keys.manifest(revision);
    const keys = [
      this.#keys.revision(),
      this.#keys.changed(),
      own,
      this.#keys.delta(revision),
      replaces === undefined ? own : this.#keys.manifest(replaces),
      ...[...kept, ...retired].map((hash) => this.#keys.document(hash)),
    ];
    const values = [replaces ?? '', revision, kept.length, manifest, delta ?? ''];
    // One array, because a revision of everything has more keys than a call may have arguments.
    return (await this.#redis.call('EVAL', [ADVANCE, keys.length, ...keys, ...values])) as PublishOutcome;
  }
}

function toBatches<Item>(items: readonly Item[]): Item[][] {
  return Array.from({ length: Math.ceil(items.length / BATCH) }, (_, index) => items.slice(index * BATCH, (index + 1) * BATCH));
}
