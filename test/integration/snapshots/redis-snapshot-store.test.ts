import { Cluster, Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseRedisAddress } from '../../../contract/redis-address.ts';
import { RedisKeys } from '../../../contract/redis-keys.ts';
import { SNAPSHOT_FORMAT, type Manifest } from '../../../contract/snapshot.ts';
import { openRedis, type RedisClient } from '../../../control-plane/snapshots/open-redis.ts';
import { RedisSnapshotStore, type Publication } from '../../../control-plane/snapshots/redis-snapshot-store.ts';
import { openLogger } from '../../../foundation/logger.ts';
import { startTestCluster, startTestRedis, type TestRedis } from '../../support/test-redis.ts';

describe.each([
  ['one server', startTestRedis],
  ['a cluster', startTestCluster],
])('the snapshot store on %s', (_, start: () => Promise<TestRedis>) => {
  let server: TestRedis;
  let redis: RedisClient;
  let keys: RedisKeys;
  let store: RedisSnapshotStore;
  let gateways = 0;

  beforeAll(async () => {
    server = await start();
    redis = await openRedis(parseRedisAddress(server.url), openLogger({ service: 'test', level: 'silent' }));
  });

  beforeEach(() => {
    keys = new RedisKeys(`store-${process.pid}-${Date.now()}-${gateways++}`);
    store = new RedisSnapshotStore(redis, keys);
  });

  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });

  it('knows nothing before the first revision', async () => {
    expect(await store.readPointer()).toBeUndefined();
    expect(await store.readManifest(1)).toBeUndefined();
    expect(await store.hasDocuments(['a'])).toBe(false);
  });

  it('publishes bodies, manifest, delta and pointer, and what the pointer names does not expire', async () => {
    await store.writeDocuments([{ hash: 'a', body: '{"a":1}' }]);
    expect(await redis.ttl(keys.document('a'))).toBeGreaterThan(0);
    expect(await store.publish(revision(1, { kept: ['a'], delta: 'delta' }))).toBe('published');

    expect(await store.readPointer()).toBe(1);
    expect(await store.readManifest(1)).toMatchObject({ revision: 1 });
    expect(await store.hasManifest(1)).toBe(true);
    expect(await redis.get(keys.document('a'))).toBe('{"a":1}');
    expect(await redis.get(keys.delta(1))).toBe('delta');
    expect(await redis.ttl(keys.document('a'))).toBe(-1);
    expect(await redis.ttl(keys.manifest(1))).toBe(-1);
    expect(await redis.ttl(keys.revision())).toBe(-1);
    expect(await redis.ttl(keys.delta(1))).toBeGreaterThan(0);
  });

  it('lets what a revision no longer names expire', async () => {
    await store.writeDocuments(['a', 'b'].map((hash) => ({ hash, body: hash })));
    await store.publish(revision(1, { kept: ['a'] }));
    await store.publish(revision(2, { replaces: 1, kept: ['b'], retired: ['a'] }));
    expect(await redis.ttl(keys.document('a'))).toBeGreaterThan(0);
    expect(await redis.ttl(keys.manifest(1))).toBeGreaterThan(0);
    expect(await redis.ttl(keys.document('b'))).toBe(-1);
    expect(await redis.ttl(keys.manifest(2))).toBe(-1);
  });

  it('keeps a retired document for good once a later revision names it again', async () => {
    await store.writeDocuments(['a', 'b'].map((hash) => ({ hash, body: hash })));
    await store.publish(revision(1, { kept: ['a'] }));
    await store.publish(revision(2, { replaces: 1, kept: ['b'], retired: ['a'] }));
    await store.writeDocuments([{ hash: 'a', body: 'a' }]);
    await store.publish(revision(3, { replaces: 2, kept: ['a'], retired: ['b'] }));
    expect(await redis.ttl(keys.document('a'))).toBe(-1);
  });

  it('changes nothing for a publisher that was overtaken', async () => {
    await store.writeDocuments([{ hash: 'a', body: 'a' }]);
    await store.publish(revision(1, { kept: ['a'] }));
    await store.publish(revision(3, { replaces: 1 }));
    expect(await store.publish(revision(2, { replaces: 1, retired: ['a'] }))).toBe('superseded');
    expect(await store.publish(revision(3, { replaces: 3, retired: ['a'] }))).toBe('superseded');
    expect(await store.publish(revision(4))).toBe('superseded');
    expect(await store.readPointer()).toBe(3);
    expect(await redis.ttl(keys.document('a'))).toBe(-1);
  });

  it('does not let a publisher that was overtaken start the end of a live document', async () => {
    await store.writeDocuments([{ hash: 'a', body: 'a' }]);
    await store.publish(revision(1, { kept: ['a'] }));
    await store.writeDocuments([{ hash: 'a', body: 'a' }]);
    expect(await redis.ttl(keys.document('a'))).toBe(-1);
  });

  it('lets one of many publishers that race win, and the pointer end at a whole revision', async () => {
    const outcomes = await Promise.all([3, 1, 5, 4, 2].map((number) => store.publish(revision(number))));
    expect(outcomes.filter((outcome) => outcome === 'published')).toHaveLength(1);
    const pointer = await store.readPointer();
    expect(await store.readManifest(pointer!)).toMatchObject({ revision: pointer });
  });

  it('does not publish a revision whose documents are not there', async () => {
    expect(await store.publish(revision(1, { kept: ['absent'] }))).toBe('incomplete');
    expect(await store.readPointer()).toBeUndefined();
    expect(await store.hasManifest(1)).toBe(false);
  });

  it('publishes thousands of documents in one step', async () => {
    const hashes = Array.from({ length: 3_000 }, (_, index) => `many-${index}`);
    await store.writeDocuments(hashes.map((hash) => ({ hash, body: hash })));
    expect(await store.hasDocuments(hashes)).toBe(true);
    expect(await store.publish(revision(1, { kept: hashes }))).toBe('published');
    expect(await redis.ttl(keys.document('many-2999'))).toBe(-1);
  });

  it('tells subscribers of the sharded channel', async () => {
    const subscriber = openSubscriber(server.url);
    const heard = new Promise<string>((resolve) => subscriber.on('smessage', (_channel: string, message: string) => resolve(message)));
    await subscriber.ssubscribe(keys.changed());
    await store.publish(revision(1));
    expect(await heard).toBe('1');
    subscriber.disconnect();
  });
});

function openSubscriber(url: string): Redis {
  const address = parseRedisAddress(url);
  // Both classes have the methods used here; TypeScript cannot call the union of their overloads.
  return (address.kind === 'single' ? new Redis(url) : new Cluster([...address.nodes], { shardedSubscribers: true })) as Redis;
}

function revision(number: number, rest: Partial<Publication> = {}): Publication {
  const manifest: Manifest = { format: SNAPSHOT_FORMAT, revision: number, sealProbe: 'sealed', documents: {} };
  return { replaces: undefined, revision: number, manifest: JSON.stringify(manifest), delta: undefined, kept: [], retired: [], ...rest };
}
