import type { Cluster, Redis } from 'ioredis';
import { KeyRing } from '../../contract/key-ring.ts';
import { RedisKeys } from '../../contract/redis-keys.ts';
import { SEAL_PROBE_OWNER, sealSecret } from '../../contract/sealed-secret.ts';
import {
  connectionShard,
  hashDocument,
  SNAPSHOT_FORMAT,
  toDocumentName,
  type ConnectionsDocument,
  type Manifest,
  type ServerDocument,
  type SnapshotConnection,
  type SnapshotDocument,
  type WorkspaceDocument,
} from '../../contract/snapshot.ts';

/** A ring of one key. */
export function testKeyRing(id = 'test', byte = 7): KeyRing {
  return KeyRing.parse(`${id}:${Buffer.alloc(32, byte).toString('base64')}`);
}

export function serverDocument(slug: string, changes: Partial<ServerDocument> = {}): ServerDocument {
  return {
    kind: 'server',
    id: `mcps_${slug}`,
    slug,
    name: slug,
    organizationId: 'org_1',
    upstreamUrl: `https://${slug}.example.com/mcp`,
    transport: 'STREAMABLE_HTTP',
    authentication: 'NONE',
    granularity: 'ORGANIZATION',
    maxRequestBytes: 4_194_304,
    ...changes,
  };
}

/** A workspace that routes to servers made by {@link serverDocument}. */
export function workspaceDocument(
  slug: string,
  serverSlugs: readonly string[] = [],
  changes: Partial<WorkspaceDocument> = {},
): WorkspaceDocument {
  const routes = serverSlugs.map((server) => ({
    slug: server,
    serverId: `mcps_${server}`,
    grantId: `grant_${slug}_${server}`,
    defaultUserAccess: 'ALLOW' as const,
  }));
  return { kind: 'workspace', id: `ws_${slug}`, slug, organizationId: 'org_1', routes, keys: [], members: [], ...changes };
}

/** The document of the shard that the connections' subjects fall into; they must all fall into the same. */
export function connectionsDocument(serverId: string, connections: readonly SnapshotConnection[]): ConnectionsDocument {
  const shard = connectionShard(connections[0]!.subjectId);
  return { kind: 'connections', serverId, shard, connections: [...connections] };
}

/** What a test may do differently from a control plane. */
export interface PublishOptions {
  readonly keyRing?: KeyRing;
  readonly format?: number;
  /** Without it the reader finds the revision by itself, as it does when a notification is lost. */
  readonly notify?: boolean;
  readonly delta?: boolean;
  /** Entries of the manifest besides the documents', by name. */
  readonly extra?: Readonly<Record<string, string>>;
}

/** Publishes as the control plane does: bodies, manifest, delta, pointer, notification. */
export class TestPublisher {
  readonly keys: RedisKeys;
  readonly #redis: Redis | Cluster;
  #previous: Manifest | undefined;

  constructor(redis: Redis | Cluster, gateway: string) {
    this.keys = new RedisKeys(gateway);
    this.#redis = redis;
  }

  async publish(revision: number, documents: readonly SnapshotDocument[], options: PublishOptions = {}): Promise<void> {
    const bodies = documents.map((document) => ({ name: toDocumentName(document), body: JSON.stringify(document) }));
    const { format = SNAPSHOT_FORMAT, keyRing = testKeyRing() } = options;
    const hashes = Object.fromEntries(bodies.map(({ name, body }) => [name, hashDocument(body)]));
    const manifest = {
      format,
      revision,
      sealProbe: sealSecret(keyRing, SEAL_PROBE_OWNER, 'sluice'),
      documents: { ...hashes, ...options.extra },
    };
    const pipeline = this.#redis.pipeline();
    for (const { body } of bodies) pipeline.set(this.keys.document(hashDocument(body)), body);
    pipeline.set(this.keys.manifest(revision), JSON.stringify(manifest));
    if (this.#previous !== undefined && options.delta !== false)
      pipeline.set(this.keys.delta(revision), JSON.stringify(toDelta(this.#previous, manifest)));
    pipeline.set(this.keys.revision(), revision);
    if (options.notify !== false) pipeline.spublish(this.keys.changed(), String(revision));
    await pipeline.exec();
    this.#previous = manifest;
  }
}

function toDelta({ revision: from, documents: before }: Manifest, { documents: after, ...rest }: Manifest): object {
  const changed = Object.entries(after).filter(([name, hash]) => before[name] !== hash);
  const gone = Object.keys(before).filter((name) => !(name in after));
  return { ...rest, from, changed: Object.fromEntries([...changed, ...gone.map((name) => [name, null])]) };
}
