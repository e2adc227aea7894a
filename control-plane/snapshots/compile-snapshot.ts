import {
  connectionShard,
  type ConnectionsDocument,
  type Route,
  type ServerDocument,
  type SnapshotApiKey,
  type SnapshotConnection,
  type SnapshotDocument,
  type SnapshotMember,
  type UserAccess,
  type WorkspaceDocument,
} from '../../contract/snapshot.ts';
import { compileCapabilities, compileCapabilityPolicy, compileRules } from './compile-access.ts';
import { compileAuthorizationServer, compileConsents } from './compile-authorization.ts';
import { compileLimits } from './compile-limits.ts';
import { compileTrust } from './compile-trust.ts';
import { sortBy } from './sort-by.ts';
import type {
  AccessRuleRow,
  ApiKeyRow,
  CapabilityOverrideRow,
  CapabilityRow,
  ConnectionRow,
  GrantRow,
  MemberRow,
  ServerRow,
  SnapshotRows,
  UserOverrideRow,
  WorkspaceRow,
} from './snapshot-rows.ts';

/**
 * The documents that the rows amount to. What is disabled or revoked is left out: a data plane knows nothing that may not be used.
 * Pure: the order of the rows does not matter, there is no clock, and the same rows give the same bytes.
 */
export function compileSnapshot(rows: SnapshotRows): readonly SnapshotDocument[] {
  const members = Map.groupBy(rows.members, (row) => row.workspaceId);
  const apiKeys = Map.groupBy(rows.apiKeys, (row) => row.workspaceId);
  const grants = Map.groupBy(rows.grants, (row) => row.workspaceId);
  const overrides = Map.groupBy(rows.userOverrides, (row) => row.grantId);
  const capabilityOverrides = Map.groupBy(rows.capabilityOverrides, (row) => row.grantId);
  const rules = Map.groupBy(rows.accessRules, (row) => row.parentId);
  const capabilities = Map.groupBy(rows.capabilities, (row) => row.serverId);
  return [
    ...sortBy(rows.workspaces, (row) => row.id).map((row) =>
      compileWorkspace(row, members.get(row.id) ?? [], apiKeys.get(row.id) ?? [], grants.get(row.id) ?? [], {
        overrides,
        capabilityOverrides,
        rules,
      }),
    ),
    ...sortBy(rows.servers, (row) => row.id)
      .filter((row) => row.isEnabled)
      .map((row) => toServerDocument(row, rules.get(row.id) ?? [], capabilities.get(row.id) ?? [])),
    ...compileConnections(rows.connections),
    ...compileAuthorizationServer(rows.issuers, rows.signingKeys),
    ...compileConsents(rows.consents),
    ...compileLimits(rows.rateLimits),
    ...compileTrust(rows.trustedIssuers, rows.namedUsers),
  ];
}

function compileWorkspace(
  row: WorkspaceRow,
  memberRows: readonly MemberRow[],
  keyRows: readonly ApiKeyRow[],
  grantRows: readonly GrantRow[],
  byGrant: RowsByGrant,
): WorkspaceDocument {
  const members = sortBy(memberRows, (member) => member.userId)
    .filter((member) => member.isUserEnabled)
    .map(toMember);
  const memberIds = new Set(members.map((member) => member.userId));
  const routes = sortBy(grantRows, (grant) => grant.serverSlug)
    .filter((grant) => grant.isEnabled && grant.isServerEnabled)
    .map((grant) => toRoute(grant, byGrant, memberIds));
  const keys = sortBy(keyRows, (key) => key.id)
    .filter((key) => !key.isRevoked && (key.userId === null || memberIds.has(key.userId)))
    .map(toSnapshotApiKey);
  return { kind: 'workspace', id: row.id, slug: row.slug, organizationId: row.organizationId, routes, keys, members };
}

function toMember({ userId, role, organizationRole, email, groups }: MemberRow): SnapshotMember {
  return { userId, role, organizationRole, email, groups: groups.length === 0 ? undefined : groups.toSorted() };
}

/** What belongs to grants, by their id. */
interface RowsByGrant {
  readonly overrides: ReadonlyMap<string, readonly UserOverrideRow[]>;
  readonly capabilityOverrides: ReadonlyMap<string, readonly CapabilityOverrideRow[]>;
  readonly rules: ReadonlyMap<string, readonly AccessRuleRow[]>;
}

/** Exceptions of people who cannot come in anyway are not shipped. */
function toRoute(grant: GrantRow, { overrides, capabilityOverrides, rules }: RowsByGrant, memberIds: ReadonlySet<string>): Route {
  const effective = sortBy(overrides.get(grant.id) ?? [], (row) => row.userId).filter((row) => memberIds.has(row.userId));
  const userOverrides: Record<string, UserAccess> | undefined =
    effective.length === 0 ? undefined : Object.fromEntries(effective.map((row) => [row.userId, row.access]));
  return {
    slug: grant.serverSlug,
    serverId: grant.serverId,
    grantId: grant.id,
    defaultUserAccess: grant.defaultUserAccess,
    userOverrides,
    payloadCapture: grant.payloadCapture ?? undefined,
    capabilityPolicy: compileCapabilityPolicy(grant, capabilityOverrides.get(grant.id) ?? []),
    rules: compileRules(rules.get(grant.id) ?? []),
  };
}

function toSnapshotApiKey(row: ApiKeyRow): SnapshotApiKey {
  return {
    id: row.id,
    lookup: row.lookup,
    hash: row.hash,
    kind: row.kind,
    userId: row.userId ?? undefined,
    scopes: row.scopes.toSorted(),
    expiresAtMs: row.expiresAtMs ?? undefined,
  };
}

function toServerDocument(row: ServerRow, rules: readonly AccessRuleRow[], capabilities: readonly CapabilityRow[]): ServerDocument {
  return {
    kind: 'server',
    id: row.id,
    slug: row.slug,
    name: row.name,
    organizationId: row.organizationId,
    upstreamUrl: row.canonicalUrl,
    transport: row.transport,
    authentication: row.authentication,
    granularity: row.granularity,
    maxRequestBytes: row.maxRequestBytes,
    upstreamTimeoutMs: row.upstreamTimeoutSeconds === null ? undefined : row.upstreamTimeoutSeconds * 1_000,
    upstreamIdleMs: row.upstreamIdleSeconds === null ? undefined : row.upstreamIdleSeconds * 1_000,
    connectRetries: row.connectRetries,
    circuitBreaker: { failures: row.circuitBreakerFailures, openMs: row.circuitBreakerOpenSeconds * 1_000 },
    forwarding: row.forwarding ?? undefined,
    payloadCapture: row.payloadCapture === 'OFF' ? undefined : row.payloadCapture,
    capabilities: compileCapabilities(capabilities),
    rules: compileRules(rules),
  };
}

function compileConnections(rows: readonly ConnectionRow[]): ConnectionsDocument[] {
  const usable = rows.filter((row) => row.isServerEnabled);
  const byShard = Map.groupBy(usable, (row) => `${row.serverId}:${connectionShard(row.subjectId)}`);
  return sortBy([...byShard], ([name]) => name).map(([, members]) => {
    const { serverId, subjectId } = members[0]!;
    const connections = sortBy(members, (row) => row.subjectId).map(toSnapshotConnection);
    return { kind: 'connections', serverId, shard: connectionShard(subjectId), connections };
  });
}

function toSnapshotConnection(row: ConnectionRow): SnapshotConnection {
  return {
    id: row.id,
    subjectId: row.subjectId,
    sealedHeaders: row.sealedHeaders ?? undefined,
    epoch: row.epoch ?? undefined,
    needsAuthorization: row.needsAuthorization || undefined,
  };
}
