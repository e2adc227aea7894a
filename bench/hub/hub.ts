import { randomBytes } from 'node:crypto';
import { generateApiKey } from '../../contract/api-key.ts';
import type { AccessRule, KnownCapability } from '../../contract/access-rule.ts';
import { KeyRing } from '../../contract/key-ring.ts';
import { connectionHeadersOwner, sealSecret } from '../../contract/sealed-secret.ts';
import {
  connectionShard,
  type Route,
  type ServerDocument,
  type SnapshotDocument,
  type Transport,
  type WorkspaceDocument,
} from '../../contract/snapshot.ts';

/** The organization that everything belongs to. */
const ORGANIZATION_ID = 'org_bench';

/** Accepted by every server of the benchmark; above the large request. */
const MAX_REQUEST_BYTES = 4 * 1_024 * 1_024;

/** A server and where it is. */
export interface HubServer {
  readonly slug: string;
  readonly upstreamUrl: string;
  /** Default: Streamable HTTP. */
  readonly transport?: Transport;
  /** What it is known to offer. Default: it was not looked at yet. */
  readonly capabilities?: readonly KnownCapability[];
  /** Default: none. */
  readonly rules?: readonly AccessRule[];
}

/** What a hub is made of. */
export interface HubShape {
  readonly workspaces: number;
  readonly servers: readonly HubServer[];
  /** How many of the servers each workspace may use: each starts at another one and goes on in turn. */
  readonly serversPerWorkspace: number;
  /** User keys of each workspace, each of a member. */
  readonly keysPerWorkspace: number;
  /** On every how many-th route people are denied by default and the workspace's members allowed one by one; elsewhere people are allowed. */
  readonly overridesOnEvery: number;
}

export interface HubWorkspace {
  readonly slug: string;
  /** The plain keys of its members. */
  readonly keys: readonly string[];
  /** The slugs of its servers. */
  readonly servers: readonly string[];
}

/** A registered world: what the control plane would publish, and what callers need to know of it. */
export interface Hub {
  /** For `SLUICE_ENCRYPTION_KEYS`. */
  readonly encryptionKeys: string;
  readonly ring: KeyRing;
  readonly documents: SnapshotDocument[];
  readonly workspaces: readonly HubWorkspace[];
}

/** Builds a hub in which every check has something to check: every key belongs to a person, and every server gets a sealed credential. */
export function buildHub(shape: HubShape): Hub {
  const encryptionKeys = `bench:${randomBytes(32).toString('base64')}`;
  const ring = KeyRing.parse(encryptionKeys);
  const built = Array.from({ length: shape.workspaces }, (_, index) => buildWorkspace(shape, index));
  return {
    encryptionKeys,
    ring,
    documents: [...built.map(({ document }) => document), ...shape.servers.flatMap((server) => buildServer(server, ring))],
    workspaces: built.map(({ document, keys }) => ({ slug: document.slug, keys, servers: document.routes.map((route) => route.slug) })),
  };
}

/** A hub of one workspace with these servers and one caller. */
export function buildSmallHub(servers: readonly HubServer[]): Hub {
  return buildHub({ workspaces: 1, servers, serversPerWorkspace: servers.length, keysPerWorkspace: 1, overridesOnEvery: 1 });
}

/** The path of a server in a workspace. */
export function toPath(workspace: HubWorkspace, server: string): string {
  return `/${workspace.slug}/${server}/mcp`;
}

const OPEN_TO_ALL = { defaultUserAccess: 'ALLOW' } as const;

function buildWorkspace(shape: HubShape, index: number): { document: WorkspaceDocument; keys: string[] } {
  const keys = Array.from({ length: shape.keysPerWorkspace }, () => generateApiKey());
  const userIds = keys.map((_, user) => `usr_${index}x${user}`);
  const overrides = Object.fromEntries(userIds.map((userId) => [userId, 'ALLOW' as const]));
  const first = shape.workspaces === 1 ? 0 : Math.floor((index * shape.servers.length) / shape.workspaces);
  const routes: Route[] = Array.from({ length: shape.serversPerWorkspace }, (_, offset) => {
    const { slug } = shape.servers[(first + offset) % shape.servers.length]!;
    const access = offset % shape.overridesOnEvery === 0 ? ({ defaultUserAccess: 'DENY', userOverrides: overrides } as const) : OPEN_TO_ALL;
    return { slug, serverId: toServerId(slug), grantId: `grant_${index}x${slug}`, ...access };
  });
  const document: WorkspaceDocument = {
    kind: 'workspace',
    id: `ws_bench${index}`,
    slug: `bench-${index}`,
    organizationId: ORGANIZATION_ID,
    routes,
    keys: keys.map(({ lookup, hash }, user) => ({
      id: `key_${index}x${user}`,
      lookup,
      hash,
      kind: 'USER',
      userId: userIds[user]!,
      scopes: ['MCP'],
      expiresAtMs: Date.now() + 86_400_000,
    })),
    members: userIds.map((userId) => ({ userId, role: 'MEMBER' })),
  };
  return { document, keys: keys.map(({ plain }) => plain) };
}

function buildServer(settings: HubServer, ring: KeyRing): SnapshotDocument[] {
  const { slug, upstreamUrl, transport = 'STREAMABLE_HTTP', capabilities, rules } = settings;
  const id = toServerId(slug);
  const server: ServerDocument = {
    kind: 'server',
    id,
    slug,
    name: `Server ${slug}`,
    organizationId: ORGANIZATION_ID,
    upstreamUrl,
    transport,
    authentication: 'CUSTOM_HEADERS',
    granularity: 'ORGANIZATION',
    maxRequestBytes: MAX_REQUEST_BYTES,
    ...(capabilities === undefined ? {} : { capabilities: [...capabilities] }),
    ...(rules === undefined ? {} : { rules: [...rules] }),
  };
  const connectionId = `con_${slug}`;
  const headers = JSON.stringify({ authorization: `Bearer upstream-token-of-${slug}` });
  const connection = {
    id: connectionId,
    subjectId: ORGANIZATION_ID,
    sealedHeaders: sealSecret(ring, connectionHeadersOwner(connectionId), headers),
  };
  return [server, { kind: 'connections', serverId: id, shard: connectionShard(ORGANIZATION_ID), connections: [connection] }];
}

function toServerId(slug: string): string {
  return `mcps_${slug}`;
}
