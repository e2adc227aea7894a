import { randomBytes, randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { toTrafficEventId, type TrafficEvent } from '../../../contract/traffic-event.ts';
import { toInteractionId } from '../../../control-plane/interactions/interaction-id.ts';
import { addTraffic } from '../../support/add-traffic.ts';
import type { TestControlPlane } from '../../support/control-plane.ts';
import { startTestIdentityProvider } from '../../support/identity-provider.ts';
import {
  AccessGrantCreateDocument,
  AccessRuleCreateDocument,
  ApiKeyCreateDocument,
  ConnectionCreateDocument,
  IdentityProviderCreateDocument,
  LockdownCreateDocument,
  McpServerCreateDocument,
  OrganizationCreateDocument,
  RateLimitCreateDocument,
  TrustedIssuerCreateDocument,
  UserCreateDocument,
  WorkspaceCreateDocument,
  WorkspaceMemberAddDocument,
  type ApiKeyScope,
  type IdentityProviderCreateInput,
  type OrganizationRole,
  type TrustedIssuerCreateInput,
  type WorkspaceRole,
} from '../../support/generated/graphql.ts';

/** Who walks: every kind of caller that the product knows. */
export const ROLES = [
  'instanceAdmin',
  'owner',
  'admin',
  'auditor',
  'manager',
  'member',
  'memberWithoutSeat',
  'serviceKey',
  'readOnlyManager',
  'managerElsewhere',
  'ownerOfAnother',
  'nobody',
] as const;
export type Role = (typeof ROLES)[number];

/** An organization with one workspace, a caller of each kind, and a neighbor organization. */
export interface WalkWorld {
  readonly organization: { readonly id: string; readonly slug: string };
  readonly workspace: { readonly id: string; readonly slug: string };
  /** A plain member of the workspace, about whom the others ask. */
  readonly person: { readonly id: string; readonly email: string };
  readonly membershipId: string;
  readonly keys: Readonly<Record<Role, string | undefined>>;
  addPerson(role?: OrganizationRole): Promise<{ readonly id: string; readonly email: string }>;
  addWorkspace(): Promise<{ readonly id: string; readonly slug: string }>;
  addKey(): Promise<string>;
  /** Of the hub, granted to the workspace. */
  readonly server: { readonly id: string; readonly slug: string };
  readonly grantId: string;
  /** Owned by the organization; each workspace has its own credential for it. */
  addServer(): Promise<{ readonly id: string; readonly slug: string }>;
  /** For the workspace. */
  addGrant(mcpServerId: string): Promise<string>;
  /** For calls in the workspace. */
  addRateLimit(): Promise<{ readonly id: string; readonly name: string }>;
  readonly identityProvider: { readonly id: string; readonly issuer: string };
  /** Of the organization. */
  addIdentityProvider(): Promise<{ readonly id: string; readonly issuer: string }>;
  /** One that nobody has yet. */
  describeIdentityProvider(): Promise<IdentityProviderCreateInput>;
  readonly trustedIssuer: { readonly id: string; readonly issuer: string };
  /** Of the organization. */
  addTrustedIssuer(): Promise<{ readonly id: string; readonly issuer: string }>;
  /** One that nobody trusts yet. */
  describeTrustedIssuer(): TrustedIssuerCreateInput;
  /** Of the workspace. */
  addConnection(mcpServerId?: string): Promise<string>;
  /** Of the server. */
  addCapability(): Promise<{ readonly id: string; readonly name: string }>;
  /** Of a person of the organization. */
  addLockdown(): Promise<{ readonly id: string; readonly subjectId: string }>;
  /** Of the grant. */
  addRule(): Promise<{ readonly id: string; readonly name: string }>;
  /** Of the person, for the server. */
  addConsent(): Promise<string>;
  /** Of the organization. */
  findAuditEvent(): Promise<string>;
  /** Of the person, in the workspace, with a captured payload. */
  addInteraction(): Promise<string>;
}

const ALL_SCOPES: ApiKeyScope[] = ['MCP', 'API_READ', 'API_WRITE'];

/** Something that no other test has. */
export function unique(prefix: string): string {
  return `${prefix}-${randomBytes(5).toString('hex')}`;
}

/** Builds the world through the API, as the instance administrator. */
export async function buildWalkWorld(plane: TestControlPlane): Promise<WalkWorld> {
  const admin = plane.adminKey;
  const organization = await addOrganization(plane);
  const workspace = await addWorkspaceIn(plane, organization.id);
  const elsewhere = await addWorkspaceIn(plane, organization.id);
  const neighbor = await addOrganization(plane);

  async function addPersonIn(organizationId: string, role: OrganizationRole): Promise<{ id: string; email: string }> {
    const email = `${unique('person')}@example.com`;
    const { userCreate } = await plane.run(admin, UserCreateDocument, { input: { organizationId, email, name: 'Somebody', role } });
    return { id: userCreate.user!.id, email };
  }
  async function seat(userId: string, workspaceId: string, role: WorkspaceRole): Promise<string> {
    const { workspaceMemberAdd } = await plane.run(admin, WorkspaceMemberAddDocument, { input: { workspaceId, userIds: [userId], role } });
    return workspaceMemberAdd.workspaceMembers![0]!.id;
  }
  async function personKey(userId: string, scopes: ApiKeyScope[] = ['API_READ', 'API_WRITE']): Promise<string> {
    const { apiKeyCreate } = await plane.run(admin, ApiKeyCreateDocument, { input: { kind: 'USER', userId, name: 'key', scopes } });
    return apiKeyCreate.plainKey!;
  }
  async function seatedKey(workspaceId: string, role: WorkspaceRole, scopes?: ApiKeyScope[]): Promise<string> {
    const { id } = await addPersonIn(organization.id, 'MEMBER');
    await seat(id, workspaceId, role);
    return personKey(id, scopes);
  }
  async function roleKey(organizationId: string, role: OrganizationRole): Promise<string> {
    return personKey((await addPersonIn(organizationId, role)).id);
  }

  async function addServer(): Promise<{ id: string; slug: string }> {
    const place = { organizationId: organization.id, slug: unique('server'), name: 'Server', url: 'https://mcp.example/' };
    const input = { ...place, authentication: 'CUSTOM_HEADERS', granularity: 'WORKSPACE' } as const;
    return (await plane.run(admin, McpServerCreateDocument, { input })).mcpServerCreate.mcpServer!;
  }
  async function addGrant(mcpServerId: string): Promise<string> {
    const input = { workspaceId: workspace.id, mcpServerId };
    return (await plane.run(admin, AccessGrantCreateDocument, { input })).accessGrantCreate.accessGrant!.id;
  }
  async function addConnection(mcpServerId?: string): Promise<string> {
    const place = { mcpServerId: mcpServerId ?? (await addServer()).id, subjectId: workspace.id };
    const input = { ...place, headers: [{ name: 'X-Api-Key', value: 'value' }] };
    return (await plane.run(admin, ConnectionCreateDocument, { input })).connectionCreate.connection!.id;
  }

  async function addConsent(): Promise<string> {
    const id = `cst_${randomBytes(12).toString('hex')}`;
    const values = [id, organization.id, person.id, unique('client'), workspace.id, server.id];
    // What an application and a person in a browser would do is what the tests of `oauth` do.
    const client = new Client(plane.databaseUrl);
    await client.connect();
    await client.query(
      `INSERT INTO consents (id, organization_id, user_id, client_id, client_name, redirect_targets, workspace_id, mcp_server_id, scopes, shard,
         last_used_at, created_at, updated_at)
       VALUES ($1, $2, $3, $4, 'Client', '{loopback}', $5, $6, '{mcp}', '0', now(), now(), now())`,
      values,
    );
    await client.end();
    return id;
  }

  const server = await addServer();
  const grantId = await addGrant(server.id);
  const person = await addPersonIn(organization.id, 'MEMBER');
  const membershipId = await seat(person.id, workspace.id, 'MEMBER');
  const service = await plane.run(admin, ApiKeyCreateDocument, {
    input: { kind: 'SERVICE', workspaceId: workspace.id, name: 'service', scopes: ALL_SCOPES },
  });
  async function describeIdentityProvider(): Promise<IdentityProviderCreateInput> {
    const { issuer } = await startTestIdentityProvider();
    return { organizationId: organization.id, name: 'Provider', issuer, clientId: 'sluice' };
  }
  async function addIdentityProvider(): Promise<{ id: string; issuer: string }> {
    const { identityProviderCreate } = await plane.run(admin, IdentityProviderCreateDocument, { input: await describeIdentityProvider() });
    return identityProviderCreate.identityProvider!;
  }
  const { jwksUrl } = await startTestIdentityProvider();
  const describeTrustedIssuer = () => ({ organizationId: organization.id, issuer: `https://${unique('idp')}.example`, jwksUrl });
  async function addTrustedIssuer(): Promise<{ id: string; issuer: string }> {
    const { trustedIssuerCreate } = await plane.run(admin, TrustedIssuerCreateDocument, { input: describeTrustedIssuer() });
    return trustedIssuerCreate.trustedIssuer!;
  }
  return {
    identityProvider: await addIdentityProvider(),
    addIdentityProvider,
    describeIdentityProvider,
    trustedIssuer: await addTrustedIssuer(),
    addTrustedIssuer,
    describeTrustedIssuer,
    organization,
    workspace,
    person,
    membershipId,
    server,
    grantId,
    addServer,
    addGrant,
    addConnection,
    async addCapability() {
      const place = { id: unique('cap').replace('-', '_'), name: unique('tool') };
      const client = new Client({ connectionString: plane.databaseUrl });
      await client.connect();
      await client.query(
        `INSERT INTO capabilities (id, mcp_server_id, kind, name, definition, annotations, definition_hash, created_at, last_seen_at)
         VALUES ($1, $2, 'TOOL', $3, '{}', '{}', 'hash', now(), now())`,
        [place.id, server.id, place.name],
      );
      await client.end();
      return place;
    },
    async addLockdown() {
      const input = { subjectId: (await addPersonIn(organization.id, 'MEMBER')).id };
      return (await plane.run(admin, LockdownCreateDocument, { input })).lockdownCreate.lockdown!;
    },
    async addRule() {
      const input = { accessGrantId: grantId, name: unique('rule'), effect: 'DENY' as const, capabilities: { patterns: ['drop_*'] } };
      return (await plane.run(admin, AccessRuleCreateDocument, { input })).accessRuleCreate.accessRule!;
    },
    addConsent,
    async addInteraction() {
      const event: TrafficEvent = {
        gatewayId: `dp_${randomUUID()}`,
        sequence: 1,
        timeMs: Date.now(),
        kind: 'REQUEST',
        outcome: 'COMPLETED',
        organizationId: organization.id,
        workspaceId: workspace.id,
        serverId: server.id,
        userId: person.id,
        payload: { arguments: '{"city":"Berlin"}', redactions: 0 },
      };
      await addTraffic(plane.databaseUrl, [event]);
      return toInteractionId({ occurredAt: new Date(event.timeMs), eventId: toTrafficEventId(event) });
    },
    async findAuditEvent() {
      const query = 'query ($id: ID!) { auditEvents(organizationId: $id, first: 1) { nodes { id } } }';
      const { data } = await plane.send<{ auditEvents: { nodes: { id: string }[] } }>(admin, query, { id: organization.id });
      return data!.auditEvents.nodes[0]!.id;
    },
    async addRateLimit() {
      const input = { organizationId: organization.id, workspaceId: workspace.id, name: unique('limit'), maxConcurrent: 1 };
      return (await plane.run(admin, RateLimitCreateDocument, { input })).rateLimitCreate.rateLimit!;
    },
    keys: {
      instanceAdmin: admin,
      owner: await roleKey(organization.id, 'OWNER'),
      admin: await roleKey(organization.id, 'ADMIN'),
      auditor: await roleKey(organization.id, 'AUDITOR'),
      manager: await seatedKey(workspace.id, 'MANAGER'),
      member: await seatedKey(workspace.id, 'MEMBER'),
      memberWithoutSeat: await roleKey(organization.id, 'MEMBER'),
      serviceKey: service.apiKeyCreate.plainKey!,
      readOnlyManager: await seatedKey(workspace.id, 'MANAGER', ['API_READ']),
      managerElsewhere: await seatedKey(elsewhere.id, 'MANAGER'),
      ownerOfAnother: await roleKey(neighbor.id, 'OWNER'),
      nobody: undefined,
    },
    addPerson: (role = 'MEMBER') => addPersonIn(organization.id, role),
    addWorkspace: () => addWorkspaceIn(plane, organization.id),
    async addKey() {
      const input = { kind: 'SERVICE' as const, workspaceId: workspace.id, name: 'target', scopes: ALL_SCOPES };
      return (await plane.run(admin, ApiKeyCreateDocument, { input })).apiKeyCreate.apiKey!.id;
    },
  };
}

async function addOrganization(plane: TestControlPlane): Promise<{ id: string; slug: string }> {
  const { organizationCreate } = await plane.run(plane.adminKey, OrganizationCreateDocument, {
    input: { slug: unique('org'), name: 'Organization' },
  });
  return organizationCreate.organization!;
}

async function addWorkspaceIn(plane: TestControlPlane, organizationId: string): Promise<{ id: string; slug: string }> {
  const { workspaceCreate } = await plane.run(plane.adminKey, WorkspaceCreateDocument, {
    input: { organizationId, slug: unique('ws'), name: 'Workspace' },
  });
  return workspaceCreate.workspace!;
}
