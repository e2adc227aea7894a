import type { Client, QueryResultRow } from 'pg';
import { documentKind } from '../../contract/snapshot.ts';
import type {
  AccessRuleRow,
  ApiKeyRow,
  CapabilityOverrideRow,
  CapabilityRow,
  ConnectionRow,
  ConsentRow,
  GrantRow,
  IssuerRow,
  MemberRow,
  NamedUserRow,
  RateLimitRow,
  ServerRow,
  SigningKeyRow,
  SnapshotRows,
  TrustedIssuerRow,
  UserOverrideRow,
  WorkspaceRow,
} from './snapshot-rows.ts';

/** The rows behind the named documents, by one query a table however many documents there are. Run it inside one transaction. */
export async function readSnapshotRows(client: Client, documents: readonly string[]): Promise<SnapshotRows> {
  const workspaceIds = toIds(documents, 'workspace');
  const serverIds = toIds(documents, 'server');
  const shards = toIds(documents, 'connections').map((id) => id.split(':'));
  const authorizationServers = toIds(documents, 'authorization_server');
  const consentShards = toIds(documents, 'consents').map((id) => id.split(':'));
  return {
    workspaces: await readRows<WorkspaceRow>(client, WORKSPACES, [workspaceIds]),
    members: await readRows<MemberRow>(client, MEMBERS, [workspaceIds]),
    apiKeys: await readRows<ApiKeyRow>(client, API_KEYS, [workspaceIds]),
    grants: await readRows<GrantRow>(client, GRANTS, [workspaceIds]),
    userOverrides: await readRows<UserOverrideRow>(client, USER_OVERRIDES, [workspaceIds]),
    capabilityOverrides: await readRows<CapabilityOverrideRow>(client, CAPABILITY_OVERRIDES, [workspaceIds]),
    capabilities: await readRows<CapabilityRow>(client, CAPABILITIES, [serverIds]),
    accessRules: await readRows<AccessRuleRow>(client, ACCESS_RULES, [serverIds, workspaceIds]),
    servers: await readRows<ServerRow>(client, SERVERS, [serverIds]),
    connections: await readRows<ConnectionRow>(client, CONNECTIONS, [shards.map(([id]) => id), shards.map(([, shard]) => shard)]),
    issuers: await readRows<IssuerRow>(client, ISSUERS, [authorizationServers]),
    signingKeys: await readRows<SigningKeyRow>(client, SIGNING_KEYS, [authorizationServers]),
    rateLimits: await readRows<RateLimitRow>(client, RATE_LIMITS, [toIds(documents, 'limits')]),
    trustedIssuers: await readRows<TrustedIssuerRow>(client, TRUSTED_ISSUERS, [toIds(documents, 'organization')]),
    namedUsers: await readRows<NamedUserRow>(client, NAMED_USERS, [toIds(documents, 'organization')]),
    consents: await readRows<ConsentRow>(client, CONSENTS, [consentShards.map(([id]) => id), consentShards.map(([, shard]) => shard)]),
  };
}

/** The names of all documents that the database could give rise to. */
export async function readDocumentNames(client: Client): Promise<string[]> {
  return (await readRows<{ name: string }>(client, DOCUMENT_NAMES, [])).map((row) => row.name);
}

const WORKSPACES = `
  SELECT id, slug, organization_id AS "organizationId" FROM workspaces WHERE id = ANY($1)`;

const MEMBERS = `
  SELECT m.workspace_id AS "workspaceId", m.user_id AS "userId", m.role, u.role AS "organizationRole", u.email, u.groups,
         u.enabled AND NOT is_locked(u.id) AND NOT is_locked(m.workspace_id) AS "isUserEnabled"
  FROM workspace_members m JOIN users u ON u.id = m.user_id
  WHERE m.workspace_id = ANY($1)`;

const API_KEYS = `
  SELECT id, workspace_id AS "workspaceId", lookup, hash, kind, user_id AS "userId", scopes,
         floor(extract(epoch FROM expires_at) * 1000)::float8 AS "expiresAtMs", revoked_at IS NOT NULL OR is_locked(id) OR is_locked(workspace_id) AS "isRevoked"
  FROM api_keys WHERE workspace_id = ANY($1)`;

const GRANTS = `
  SELECT g.id, g.workspace_id AS "workspaceId", g.mcp_server_id AS "serverId", s.slug AS "serverSlug", g.enabled AND NOT is_locked(g.workspace_id) AS "isEnabled",
         s.enabled AND NOT is_locked(s.id) AS "isServerEnabled", g.default_user_access AS "defaultUserAccess",
         g.payload_capture AS "payloadCapture",
         g.new_capabilities AS "newCapabilities", g.pins_definitions AS "pinsDefinitions"
  FROM access_grants g JOIN mcp_servers s ON s.id = g.mcp_server_id
  WHERE g.workspace_id = ANY($1)`;

const USER_OVERRIDES = `
  SELECT o.access_grant_id AS "grantId", o.user_id AS "userId", o.access
  FROM access_grant_user_overrides o JOIN access_grants g ON g.id = o.access_grant_id
  WHERE g.workspace_id = ANY($1)`;

const CAPABILITY_OVERRIDES = `
  SELECT o.access_grant_id AS "grantId", c.kind, c.name, o.disabled AS "isDisabled", o.approved_hash AS "approvedHash",
         o.exposed_name AS "exposedName", o.exposed_title AS title, o.exposed_description AS description
  FROM access_grant_capability_overrides o
  JOIN access_grants g ON g.id = o.access_grant_id JOIN capabilities c ON c.id = o.capability_id
  WHERE g.workspace_id = ANY($1)`;

const CAPABILITIES = `
  SELECT mcp_server_id AS "serverId", kind, name, title, annotations, definition_hash AS "definitionHash", ui_resource_uri AS "uiResourceUri"
  FROM capabilities WHERE mcp_server_id = ANY($1) AND vanished_at IS NULL`;

const ACCESS_RULES = `
  SELECT r.id, coalesce(r.mcp_server_id, r.access_grant_id) AS "parentId", r.effect, r.callers, r.condition,
         jsonb_build_object('kinds', r.capability_kinds, 'patterns', r.capability_patterns) AS capabilities
  FROM access_rules r LEFT JOIN access_grants g ON g.id = r.access_grant_id
  WHERE r.enabled AND (r.mcp_server_id = ANY($1) OR g.workspace_id = ANY($2))`;

const SERVERS = `
  SELECT id, slug, name, organization_id AS "organizationId", canonical_url AS "canonicalUrl", transport, authentication, granularity,
         enabled AND NOT is_locked(id) AS "isEnabled", max_request_bytes AS "maxRequestBytes",
         upstream_timeout_seconds AS "upstreamTimeoutSeconds", upstream_idle_seconds AS "upstreamIdleSeconds", connect_retries AS "connectRetries",
         circuit_breaker_failures AS "circuitBreakerFailures", circuit_breaker_open_seconds AS "circuitBreakerOpenSeconds", forwarding,
         payload_capture AS "payloadCapture"
  FROM mcp_servers WHERE id = ANY($1)`;

const CONNECTIONS = `
  SELECT c.id, c.mcp_server_id AS "serverId", s.enabled AND NOT is_locked(s.id) AS "isServerEnabled", c.subject_id AS "subjectId", c.sealed_headers AS "sealedHeaders",
         t.epoch, coalesce(t.state = 'NEEDS_AUTHORIZATION', false) AS "needsAuthorization"
  FROM connections c JOIN mcp_servers s ON s.id = c.mcp_server_id LEFT JOIN connection_tokens t ON t.connection_id = c.id
  WHERE (c.mcp_server_id, c.shard) IN (SELECT * FROM unnest($1::text[], $2::text[]))`;

const ISSUERS = `
  SELECT issuer FROM oauth_issuer WHERE 'own' = ANY($1)`;

const SIGNING_KEYS = `
  SELECT kid, public_jwk AS "publicKey" FROM oauth_signing_keys WHERE 'own' = ANY($1)`;

const CONSENTS = `
  SELECT c.id, c.user_id AS "userId", u.enabled AND NOT is_locked(u.id) AND NOT is_locked(c.workspace_id) AS "isUserEnabled", m.id IS NOT NULL AS "isMember", c.client_id AS "clientId",
         c.workspace_id AS "workspaceId", c.mcp_server_id AS "serverId"
  FROM consents c JOIN users u ON u.id = c.user_id
  LEFT JOIN workspace_members m ON m.workspace_id = c.workspace_id AND m.user_id = c.user_id
  WHERE (c.workspace_id, c.shard) IN (SELECT * FROM unnest($1::text[], $2::text[]))`;

const RATE_LIMITS = `
  SELECT id, organization_id AS "organizationId", workspace_id AS "workspaceId", user_id AS "userId", api_key_id AS "apiKeyId",
         mcp_server_id AS "serverId", tool_name AS "toolName", count_by AS "countBy", max_requests AS "maxRequests",
         window_seconds AS "windowSeconds", max_concurrent AS "maxConcurrent"
  FROM rate_limits WHERE organization_id = ANY($1)`;

const TRUSTED_ISSUERS = `
  SELECT id, organization_id AS "organizationId", issuer, audience, keys, required_claims AS "requiredClaims", user_claim AS "userClaim",
         enabled AS "isEnabled"
  FROM trusted_issuers WHERE organization_id = ANY($1)`;

const NAMED_USERS = `
  SELECT u.id AS "userId", u.organization_id AS "organizationId", u.email, u.enabled AND NOT is_locked(u.id) AS "isUserEnabled"
  FROM users u
  WHERE u.organization_id = ANY($1) AND EXISTS (SELECT FROM trusted_issuers t WHERE t.organization_id = u.organization_id AND t.enabled)`;

const DOCUMENT_NAMES = `
  SELECT 'workspace:' || id AS name FROM workspaces
  UNION ALL SELECT 'server:' || id FROM mcp_servers
  UNION ALL SELECT DISTINCT 'connections:' || mcp_server_id || ':' || shard FROM connections
  UNION ALL SELECT 'authorization_server:own' FROM oauth_issuer
  UNION ALL SELECT DISTINCT 'consents:' || workspace_id || ':' || shard FROM consents
  UNION ALL SELECT DISTINCT 'limits:' || organization_id FROM rate_limits
  UNION ALL SELECT DISTINCT 'organization:' || organization_id FROM trusted_issuers`;

async function readRows<Row extends QueryResultRow>(client: Client, sql: string, values: readonly unknown[]): Promise<Row[]> {
  const isPointless = values.length > 0 && values.every((value) => Array.isArray(value) && value.length === 0);
  return isPointless ? [] : (await client.query<Row>(sql, [...values])).rows;
}

function toIds(documents: readonly string[], kind: string): string[] {
  return documents.filter((name) => documentKind(name) === kind).map((name) => name.slice(kind.length + 1));
}
