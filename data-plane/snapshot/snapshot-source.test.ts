// One suite for every place a snapshot is read from: whatever differs between them must not be visible above them.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseRedisAddress } from '../../contract/redis-address.ts';
import { hashDocument, ManifestSchema } from '../../contract/snapshot.ts';
import { startTestCluster, startTestRedis } from '../../test/support/test-redis.ts';
import { serverDocument, TestPublisher, workspaceDocument } from '../../test/support/test-snapshot.ts';
import { subscribeToChanges } from './change-subscription.ts';
import { LastGoodFile } from './last-good-file.ts';
import { openCommandClient, type RedisClient } from './open-redis.ts';
import { RedisSnapshotSource } from './redis-snapshot-source.ts';
import type { SnapshotSource } from './snapshot-source.ts';

const documents = [serverDocument('docs'), workspaceDocument('acme', ['docs'], { slug: 'acmé' })];
const bodies = documents.map((document) => JSON.stringify(document));
const hashes = bodies.map((body) => hashDocument(body));

interface Place {
  readonly source: SnapshotSource;
  close(): Promise<void>;
}

interface RedisPlace extends Place {
  readonly redis: { readonly url: string; readonly client: RedisClient; readonly publisher: TestPublisher };
}

describe.each([
  ['a Redis server', openSingle],
  ['a Redis cluster', openCluster],
  ['a last-good file', openFile],
] satisfies [string, () => Promise<Place>][])('a snapshot in %s', (_, open) => {
  let place: Place;
  beforeAll(async () => {
    place = await open();
  });
  afterAll(() => place.close());

  it('has a revision and its manifest', async () => {
    expect(await place.source.readRevision()).toBe(4);
    const manifest = ManifestSchema.parse(JSON.parse((await place.source.readManifest(4)) ?? ''));
    expect(manifest).toMatchObject({
      format: 1,
      revision: 4,
      documents: { 'server:mcps_docs': hashes[0], 'workspace:ws_acme': hashes[1] },
    });
  });

  it('has bodies to the byte, and leaves out those it does not have', async () => {
    const found = await place.source.readBodies([...hashes, 'unknown']);
    expect(found).toEqual(new Map(hashes.map((hash, index) => [hash, bodies[index]])));
    expect(await place.source.readBodies([])).toEqual(new Map());
  });

  it('has nothing of other revisions', async () => {
    expect(await place.source.readManifest(3)).toBeUndefined();
    expect(await place.source.readDelta(3)).toBeUndefined();
  });
});

describe.each([
  ['a Redis server', openSingle],
  ['a Redis cluster', openCluster],
])('a subscription to %s', (_, open) => {
  it('calls back when it is there, and with every notification', async () => {
    const place = await open();
    const { redis } = place;
    let calls = 0;
    const subscription = subscribeToChanges(parseRedisAddress(redis.url), redis.publisher.keys.changed(), () => (calls += 1));
    await expect.poll(() => calls).toBe(1);
    await redis.client.spublish(redis.publisher.keys.changed(), '5');
    await expect.poll(() => calls).toBe(2);
    subscription.close();
    await place.close();
  });
});

it('takes a pointer that is no revision for none', async () => {
  const place = await openSingle();
  await place.redis.client.set(place.redis.publisher.keys.revision(), 'x');
  expect(await place.source.readRevision()).toBeUndefined();
  await place.close();
});

async function openSingle(): Promise<RedisPlace> {
  const server = await startTestRedis();
  return openRedis(server.url, server.gateway, () => server.stop());
}

async function openCluster(): Promise<RedisPlace> {
  const cluster = await startTestCluster();
  return openRedis(cluster.url, cluster.gateway, () => cluster.stop());
}

async function openRedis(url: string, gateway: string, stop: () => Promise<void>): Promise<RedisPlace> {
  const client = openCommandClient(parseRedisAddress(url));
  const publisher = new TestPublisher(client, gateway);
  await publisher.publish(4, documents);
  const close = async () => {
    client.disconnect();
    await stop();
  };
  return { source: new RedisSnapshotSource(client, publisher.keys), redis: { url, client, publisher }, close };
}

async function openFile(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-source-'));
  const file = new LastGoodFile(folder, 'default');
  const manifest = {
    format: 1,
    revision: 4,
    sealProbe: 'probe',
    documents: { 'server:mcps_docs': hashes[0]!, 'workspace:ws_acme': hashes[1]! },
  };
  await file.write(manifest, new Map(hashes.map((hash, index) => [hash, Buffer.from(bodies[index]!)])));
  const saved = await file.read();
  if (!saved.ok || saved.value === undefined) throw new Error('The file is not readable.');
  return { source: saved.value, close: () => rm(folder, { recursive: true }) };
}
