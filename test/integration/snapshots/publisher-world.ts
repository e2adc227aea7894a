import { Client } from 'pg';
import { KeyRing } from '../../../contract/key-ring.ts';
import { parseRedisAddress } from '../../../contract/redis-address.ts';
import { RedisKeys } from '../../../contract/redis-keys.ts';
import { ManifestDeltaSchema, ManifestSchema, type Manifest, type ManifestDelta } from '../../../contract/snapshot.ts';
import { GatewayReports } from '../../../control-plane/snapshots/gateway-reports.ts';
import { openRedis, type RedisClient } from '../../../control-plane/snapshots/open-redis.ts';
import { RedisSnapshotStore } from '../../../control-plane/snapshots/redis-snapshot-store.ts';
import { SnapshotPublisher, type SnapshotPublisherOptions } from '../../../control-plane/snapshots/snapshot-publisher.ts';
import { NO_EXPORT, openObservation } from '../../../control-plane/telemetry/index.ts';
import { systemClock } from '../../../foundation/clock.ts';
import { openLogger } from '../../../foundation/logger.ts';
import { createTestDatabase } from '../../support/test-database.ts';
import { startTcpGate, type TcpGate } from '../../support/tcp-gate.ts';
import { startTestRedis } from '../../support/test-redis.ts';

/** A database and a Redis with nothing in them, and as many publishers as a test starts. */
export class PublisherWorld {
  readonly keys: RedisKeys;
  readonly redis: RedisClient;
  readonly db: Client;
  /** What the publishers reach Redis through. */
  readonly gate: TcpGate;
  readonly #databaseUrl: string;
  readonly #closers: (() => Promise<void>)[];

  private constructor(
    parts: Pick<PublisherWorld, 'keys' | 'redis' | 'db' | 'gate'>,
    databaseUrl: string,
    closers: (() => Promise<void>)[],
  ) {
    this.keys = parts.keys;
    this.redis = parts.redis;
    this.db = parts.db;
    this.gate = parts.gate;
    this.#databaseUrl = databaseUrl;
    this.#closers = closers;
  }

  static async open(): Promise<PublisherWorld> {
    const [database, server] = await Promise.all([createTestDatabase(), startTestRedis()]);
    const { hostname, port } = new URL(server.url);
    const gate = await startTcpGate({ host: hostname, port: Number(port) });
    const redis = await openRedis(parseRedisAddress(server.url), silent);
    const db = new Client({ connectionString: database.url });
    await db.connect();
    const closers = [
      async () => redis.disconnect(),
      () => db.end(),
      () => gate.close(),
      () => server.stop(),
      () => database.drop(),
    ]; // prettier-ignore
    return new PublisherWorld({ keys: new RedisKeys(server.gateway), redis, db, gate }, database.url, closers);
  }

  /** A publisher as one replica of the control plane runs it. */
  async startPublisher(options: Partial<SnapshotPublisherOptions> = {}): Promise<SnapshotPublisher> {
    const redis = await openRedis({ kind: 'single', url: `redis://127.0.0.1:${this.gate.port}` }, silent);
    const publisher = new SnapshotPublisher({
      store: new RedisSnapshotStore(redis, this.keys),
      reports: new GatewayReports(redis, this.keys, systemClock),
      ring: testRing('k1'),
      version: 'test',
      observer: openObservation(undefined, NO_EXPORT).observer,
      logger: silent,
      databaseUrl: this.#databaseUrl,
      clock: systemClock,
      ...options,
    });
    publisher.start();
    this.#closers.unshift(async () => {
      this.gate.open();
      await publisher.stop();
      redis.disconnect();
    });
    return publisher;
  }

  /** Runs a write as a mutation does: in one transaction that ends with marking what it touched. */
  async change(sql: string, documents: readonly string[], client = this.db): Promise<number> {
    await client.query('BEGIN');
    if (sql !== '') await client.query(sql);
    const { rows } = await client.query<{ revision: number }>(
      `WITH next AS (UPDATE snapshot_state SET revision = revision + 1 RETURNING revision),
            entry AS (INSERT INTO snapshot_outbox (revision, documents) SELECT revision, $1 FROM next)
       SELECT revision, pg_notify('sluice_snapshot', '') FROM next`,
      [documents],
    );
    await client.query('COMMIT');
    return rows[0]!.revision;
  }

  async openClient(): Promise<Client> {
    const client = new Client({ connectionString: this.#databaseUrl });
    await client.connect();
    this.#closers.unshift(() => client.end());
    return client;
  }

  async readRevision(): Promise<number | undefined> {
    const pointer = await this.redis.get(this.keys.revision());
    return pointer === null ? undefined : Number(pointer);
  }

  async readManifest(revision: number): Promise<Manifest> {
    return ManifestSchema.parse(JSON.parse((await this.redis.get(this.keys.manifest(revision))) ?? ''));
  }

  async readDelta(revision: number): Promise<ManifestDelta> {
    return ManifestDeltaSchema.parse(JSON.parse((await this.redis.get(this.keys.delta(revision))) ?? ''));
  }

  async readDocument(manifest: Manifest, name: string): Promise<unknown> {
    return JSON.parse((await this.redis.get(this.keys.document(manifest.documents[name] ?? ''))) ?? 'null');
  }

  /** As if Redis had been restarted without its data. */
  async emptyRedis(): Promise<void> {
    const tag = this.keys.revision().replace(/:revision$/, '');
    const keys = await this.redis.keys(`${tag}:*`);
    if (keys.length > 0) await this.redis.del(...keys);
  }

  async close(): Promise<void> {
    for (const close of this.#closers) await close();
  }
}

export function testRing(...ids: string[]): KeyRing {
  return KeyRing.parse(ids.map((id) => `${id}:${Buffer.alloc(32, id).toString('base64')}`).join(','));
}

const silent = openLogger({ service: 'test', level: 'silent' });
