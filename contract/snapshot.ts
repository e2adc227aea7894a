import { createHash, hash } from 'node:crypto';
import { z } from 'zod';
import { AccessRuleSchema, CapabilityPolicySchema, KnownCapabilitySchema } from './access-rule.ts';
import { ForwardingSchema } from './forwarding.ts';
import { LimitsDocumentSchema, type LimitsDocument } from './rate-limit.ts';

/** Raised only when an old data plane would misread a new snapshot; adding an optional field or a kind of document is not that. */
export const SNAPSHOT_FORMAT = 1;

/** How the upstream is reached. */
export const TransportSchema = z.enum(['STREAMABLE_HTTP', 'SSE']);
/** How the gateway authenticates towards the upstream. */
export const AuthenticationSchema = z.enum(['NONE', 'OAUTH', 'CLIENT_CREDENTIALS', 'CUSTOM_HEADERS']);
/** Whose credential is used: one of the organization, one per workspace, or one per person. */
export const GranularitySchema = z.enum(['ORGANIZATION', 'WORKSPACE', 'USER']);
/** What of calls is kept in the log of interactions besides their facts, with secrets and personal data taken out. */
export const PayloadCaptureSchema = z.enum(['OFF', 'ARGUMENTS', 'ARGUMENTS_AND_RESULTS']);
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
  /** What the grant says about single capabilities. Absent: nothing. */
  capabilityPolicy: CapabilityPolicySchema.optional(),
  /** What of calls is captured. Absent: what the server says. */
  payloadCapture: PayloadCaptureSchema.optional(),
  /** The workspace's rules, ordered by id. Absent: none. */
  rules: z.array(AccessRuleSchema).optional(),
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
export const MemberSchema = z.object({
  userId: z.string(),
  /** In the workspace. */
  role: z.string(),
  organizationRole: z.string().optional(),
  email: z.string().optional(),
  /** As the identity provider says. Absent: none. */
  groups: z.array(z.string()).optional(),
});

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
  /** How long the upstream may say nothing on an open stream, in milliseconds. Absent: as the data plane is configured. */
  upstreamIdleMs: z.number().int().positive().optional(),
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
  /** What goes upstream besides the message. Absent: nothing. */
  forwarding: ForwardingSchema.optional(),
  /** What of calls is captured, where the grant does not say. Absent: nothing. */
  payloadCapture: PayloadCaptureSchema.optional(),
  /** What the upstream offers, ordered by kind and name. Absent: it was not looked at yet. */
  capabilities: z.array(KnownCapabilitySchema).optional(),
  /** The organization's rules, ordered by id. Absent: none. */
  rules: z.array(AccessRuleSchema).optional(),
});

/** A subject's credential for a server. */
export const ConnectionSchema = z.object({
  id: z.string(),
  /** The organization, workspace or user whose credential this is, by the server's granularity. */
  subjectId: z.string(),
  /**
   * JSON object of header names and values, sealed for `connectionHeadersOwner(id)`. Absent where the credential is an access token: that
   * expires, so it lives under a Redis key of its own; see `upstream-token.ts`.
   */
  sealedHeaders: z.string().optional(),
  /** Counts how often the credential was obtained anew. A token that was cached for an earlier one is not used any longer. Absent: 0. */
  epoch: z.number().int().nonnegative().optional(),
  /** Whether nothing can be obtained with it until whoever may connect the subject does so again. Absent: no. */
  needsAuthorization: z.boolean().optional(),
});

/** Some of a server's connections: those whose subject falls into the shard. */
export const ConnectionsDocumentSchema = z.object({
  kind: z.literal('connections'),
  serverId: z.string(),
  shard: z.string(),
  connections: z.array(ConnectionSchema),
});

/** A public key, as RFC 7517 section 4 writes it. */
export const PublicKeySchema = z.looseObject({ kty: z.string(), kid: z.string(), alg: z.string().optional() });

/** Our own authorization server, as far as a data plane needs it to check access tokens; see `access-token.ts`. */
export const AuthorizationServerDocumentSchema = z.object({
  kind: z.literal('authorization_server'),
  /** The issuer (RFC 8414 section 2): the public base URL of the control plane. */
  issuer: z.string(),
  /** Keys that sign access tokens now or did as long as such a token may live. */
  keys: z.array(PublicKeySchema),
});

/** What a person allowed: that a client uses a server in their name. An access token names the consent it rests on. */
export const ConsentSchema = z.object({ id: z.string(), userId: z.string(), clientId: z.string(), serverId: z.string() });

/** Some of the consents for servers of a workspace: those whose person falls into the shard. */
export const ConsentsDocumentSchema = z.object({
  kind: z.literal('consents'),
  workspaceId: z.string(),
  shard: z.string(),
  consents: z.array(ConsentSchema),
});

/** An identity provider whose tokens (JWT, RFC 7519) are accepted as credentials of the gateway. */
export const TrustedIssuerSchema = z.object({
  id: z.string(),
  issuer: z.string(),
  /** What `aud` must contain. Absent: the URL of the MCP server that is called. */
  audience: z.string().optional(),
  keys: z.array(PublicKeySchema),
  /** Claims that a token must have, with the value; of a claim that is a list, one element. */
  requiredClaims: z.record(z.string(), z.string()),
  /** The claim that names the person. */
  userClaim: z.string(),
  /** Its value → user id, for every enabled person of the organization that can be named. */
  users: z.record(z.string(), z.string()),
});

/** What holds in every workspace of an organization. */
export const OrganizationDocumentSchema = z.object({
  kind: z.literal('organization'),
  id: z.string(),
  trustedIssuers: z.array(TrustedIssuerSchema),
});

/** A body that the manifest names. */
export const SnapshotDocumentSchema = z.discriminatedUnion('kind', [
  WorkspaceDocumentSchema,
  ServerDocumentSchema,
  ConnectionsDocumentSchema,
  AuthorizationServerDocumentSchema,
  ConsentsDocumentSchema,
  OrganizationDocumentSchema,
  LimitsDocumentSchema,
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
export type PayloadCapture = z.infer<typeof PayloadCaptureSchema>;
export type UserAccess = z.infer<typeof UserAccessSchema>;
export type ApiKeyKind = z.infer<typeof ApiKeyKindSchema>;
export type Route = Readonly<z.infer<typeof RouteSchema>>;
export type SnapshotApiKey = Readonly<z.infer<typeof ApiKeySchema>>;
export type SnapshotMember = Readonly<z.infer<typeof MemberSchema>>;
export type WorkspaceDocument = Readonly<z.infer<typeof WorkspaceDocumentSchema>>;
export type ServerDocument = Readonly<z.infer<typeof ServerDocumentSchema>>;
export type SnapshotConnection = Readonly<z.infer<typeof ConnectionSchema>>;
export type ConnectionsDocument = Readonly<z.infer<typeof ConnectionsDocumentSchema>>;
export type PublicKey = Readonly<z.infer<typeof PublicKeySchema>>;
export type AuthorizationServerDocument = Readonly<z.infer<typeof AuthorizationServerDocumentSchema>>;
export type SnapshotConsent = Readonly<z.infer<typeof ConsentSchema>>;
export type ConsentsDocument = Readonly<z.infer<typeof ConsentsDocumentSchema>>;
export type TrustedIssuer = Readonly<z.infer<typeof TrustedIssuerSchema>>;
export type OrganizationDocument = Readonly<z.infer<typeof OrganizationDocumentSchema>>;
export type SnapshotDocument =
  | WorkspaceDocument
  | ServerDocument
  | ConnectionsDocument
  | AuthorizationServerDocument
  | ConsentsDocument
  | OrganizationDocument
  | LimitsDocument;
export type Manifest = Readonly<z.infer<typeof ManifestSchema>>;
export type ManifestDelta = Readonly<z.infer<typeof ManifestDeltaSchema>>;

/** Names of documents in a manifest. A reader ignores a name whose kind (the part before the first colon) it does not know. */
export const documentNames = {
  workspace: (workspaceId: string) => `workspace:${workspaceId}`,
  server: (serverId: string) => `server:${serverId}`,
  connections: (serverId: string, shard: string) => `connections:${serverId}:${shard}`,
  authorizationServer: () => 'authorization_server:own',
  consents: (workspaceId: string, shard: string) => `consents:${workspaceId}:${shard}`,
  organization: (organizationId: string) => `organization:${organizationId}`,
  limits: (organizationId: string) => `limits:${organizationId}`,
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
    case 'authorization_server':
      return documentNames.authorizationServer();
    case 'consents':
      return documentNames.consents(document.workspaceId, document.shard);
    case 'organization':
      return documentNames.organization(document.id);
    case 'limits':
      return documentNames.limits(document.organizationId);
  }
}

/** The kinds of document that this version reads. */
export const KNOWN_DOCUMENT_KINDS: readonly string[] = [
  'workspace',
  'server',
  'connections',
  'authorization_server',
  'consents',
  'organization',
  'limits',
];

/** The kind of a document, from its name. */
export function documentKind(name: string): string {
  const end = name.indexOf(':');
  return end < 0 ? name : name.slice(0, end);
}

/** The shard (one of 16) that holds what a subject has, so that one person's change ships a sixteenth of a server's connections or a workspace's consents. */
export function connectionShard(subjectId: string): string {
  return createHash('sha256').update(subjectId).digest('hex').slice(0, 1);
}

/** The content hash under which a document's body is stored: SHA-256 of its bytes, base64url. */
export function hashDocument(body: string): string {
  return hash('sha256', body, 'base64url');
}
