import { createHash } from 'node:crypto';
import { z } from 'zod';

/** Raised only when an old data plane would misread a new snapshot; adding an optional field or a kind of document is not that. */
export const SNAPSHOT_FORMAT = 1;

/** How the upstream is reached. */
export const TransportSchema = z.enum(['STREAMABLE_HTTP', 'SSE']);
/** How the gateway authenticates towards the upstream. */
export const AuthenticationSchema = z.enum(['NONE', 'OAUTH', 'CLIENT_CREDENTIALS', 'CUSTOM_HEADERS']);
/** Whose credential is used: one of the organization, one per workspace, or one per person. */
export const GranularitySchema = z.enum(['ORGANIZATION', 'WORKSPACE', 'USER']);
/** Whether people may use a granted server, by default or one by one. */
export const UserAccessSchema = z.enum(['ALLOW', 'DENY']);
/** A service key stands for a workspace, a user key for a person in a workspace. */
export const ApiKeyKindSchema = z.enum(['SERVICE', 'USER']);

/** One server made available to one workspace. */
export const RouteSchema = z.object({
  /** Names the server in the URL; unique in the workspace. */
  slug: z.string(),
  serverId: z.string(),
  grantId: z.string(),
  /** What people get who have no override. */
  defaultUserAccess: UserAccessSchema,
  /** Per user id, against the default. Absent where there are none. */
  userOverrides: z.record(z.string(), UserAccessSchema).optional(),
});

/** An API key of a workspace, as far as a data plane needs it. */
export const ApiKeySchema = z.object({
  id: z.string(),
  /** The key's public part; see `api-key.ts`. */
  lookup: z.string(),
  /** SHA-256 of the whole key, base64url. */
  hash: z.string(),
  kind: ApiKeyKindSchema,
  /** The person behind a user key. Absent on a service key. */
  userId: z.string().optional(),
  /** What the key may be used for. Calling MCP servers needs `MCP`; scopes a reader does not know grant nothing. */
  scopes: z.array(z.string()),
  /** Milliseconds since the epoch; from then on the key is refused. Absent: it does not expire. */
  expiresAtMs: z.number().int().optional(),
});

/** A person who may use the workspace. */
export const MemberSchema = z.object({ userId: z.string(), role: z.string() });

/** Everything a data plane knows about a workspace: what is routed there and who may come in. */
export const WorkspaceDocumentSchema = z.object({
  kind: z.literal('workspace'),
  id: z.string(),
  slug: z.string(),
  organizationId: z.string(),
  routes: z.array(RouteSchema),
  keys: z.array(ApiKeySchema),
  members: z.array(MemberSchema),
});

/** An MCP server, shared by all workspaces that use it. */
export const ServerDocumentSchema = z.object({
  kind: z.literal('server'),
  id: z.string(),
  slug: z.string(),
  name: z.string(),
  organizationId: z.string(),
  upstreamUrl: z.string(),
  transport: TransportSchema,
  authentication: AuthenticationSchema,
  granularity: GranularitySchema,
  /** Largest accepted request body in bytes. */
  maxRequestBytes: z.number().int().positive(),
  /** How long the upstream may take until the head of its answer arrives, in milliseconds. Absent: as the data plane is configured. */
  upstreamTimeoutMs: z.number().int().positive().optional(),
  /** How often a call is sent again when the upstream could not be reached at all. Absent: never. */
  connectRetries: z.number().int().nonnegative().optional(),
  /** When calls are kept away from an upstream that does not answer. Absent: never. */
  circuitBreaker: z
    .object({
      /** Failures in a row that open it; 0 turns it off. */
      failures: z.number().int().nonnegative(),
      /** How long it stays open, in milliseconds. */
      openMs: z.number().int().positive(),
    })
    .optional(),
});

/** A subject's credential for a server. */
export const ConnectionSchema = z.object({
  id: z.string(),
  /** The organization, workspace or user whose credential this is, by the server's granularity. */
  subjectId: z.string(),
  /** JSON object of header names and values, sealed for `connectionHeadersOwner(id)`. */
  sealedHeaders: z.string(),
});

/** Some of a server's connections: those whose subject falls into the shard. */
export const ConnectionsDocumentSchema = z.object({
  kind: z.literal('connections'),
  serverId: z.string(),
  shard: z.string(),
  connections: z.array(ConnectionSchema),
});

/** A body that the manifest names. */
export const SnapshotDocumentSchema = z.discriminatedUnion('kind', [
  WorkspaceDocumentSchema,
  ServerDocumentSchema,
  ConnectionsDocumentSchema,
]);

/** What a revision consists of: the name of every document with the hash of its body. */
export const ManifestSchema = z.object({
  format: z.number().int().positive(),
  revision: z.number().int().nonnegative(),
  /** A constant sealed with the writer's primary key; a reader that cannot open it could open no credential either. */
  sealProbe: z.string(),
  documents: z.record(z.string(), z.string()),
});

/** The difference of a revision to an earlier one, for readers that have that one. */
export const ManifestDeltaSchema = z.object({
  format: z.number().int().positive(),
  /** The revision it builds on. */
  from: z.number().int().nonnegative(),
  revision: z.number().int().nonnegative(),
  sealProbe: z.string(),
  /** Document name → new hash, or null for a document that is gone. */
  changed: z.record(z.string(), z.string().nullable()),
});

export type Transport = z.infer<typeof TransportSchema>;
export type Authentication = z.infer<typeof AuthenticationSchema>;
export type Granularity = z.infer<typeof GranularitySchema>;
export type UserAccess = z.infer<typeof UserAccessSchema>;
export type ApiKeyKind = z.infer<typeof ApiKeyKindSchema>;
export type Route = Readonly<z.infer<typeof RouteSchema>>;
export type SnapshotApiKey = Readonly<z.infer<typeof ApiKeySchema>>;
export type WorkspaceDocument = Readonly<z.infer<typeof WorkspaceDocumentSchema>>;
export type ServerDocument = Readonly<z.infer<typeof ServerDocumentSchema>>;
export type SnapshotConnection = Readonly<z.infer<typeof ConnectionSchema>>;
export type ConnectionsDocument = Readonly<z.infer<typeof ConnectionsDocumentSchema>>;
export type SnapshotDocument = WorkspaceDocument | ServerDocument | ConnectionsDocument;
export type Manifest = Readonly<z.infer<typeof ManifestSchema>>;
export type ManifestDelta = Readonly<z.infer<typeof ManifestDeltaSchema>>;

/** Names of documents in a manifest. A reader ignores a name whose kind (the part before the first colon) it does not know. */
export const documentNames = {
  workspace: (workspaceId: string) => `workspace:${workspaceId}`,
  server: (serverId: string) => `server:${serverId}`,
  connections: (serverId: string, shard: string) => `connections:${serverId}:${shard}`,
} as const;

/** The name under which a document stands in a manifest. */
export function toDocumentName(document: SnapshotDocument): string {
  switch (document.kind) {
    case 'workspace':
      return documentNames.workspace(document.id);
    case 'server':
      return documentNames.server(document.id);
    case 'connections':
      return documentNames.connections(document.serverId, document.shard);
  }
}

/** The kinds of document that this version reads. */
export const KNOWN_DOCUMENT_KINDS: readonly string[] = ['workspace', 'server', 'connections'];

/** The kind of a document, from its name. */
export function documentKind(name: string): string {
  const end = name.indexOf(':');
  return end < 0 ? name : name.slice(0, end);
}

/** The shard (one of 16) that holds a subject's connection, so that one person's change ships a sixteenth of a server's connections. */
export function connectionShard(subjectId: string): string {
  return createHash('sha256').update(subjectId).digest('hex').slice(0, 1);
}

/** The content hash under which a document's body is stored: SHA-256 of its bytes, base64url. */
export function hashDocument(body: string): string {
  return createHash('sha256').update(body).digest('base64url');
}
