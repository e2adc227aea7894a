import { randomBytes } from 'node:crypto';
import { ApiClient } from './api-client.ts';
import type { GatewayAddresses } from './start-gateway.ts';

type Authentication = 'NONE' | 'CUSTOM_HEADERS' | 'OAUTH' | 'CLIENT_CREDENTIALS';
type Granularity = 'ORGANIZATION' | 'WORKSPACE' | 'USER';
type Scope = 'MCP' | 'API_READ' | 'API_WRITE';

export interface Workspace {
  readonly id: string;
  readonly slug: string;
}

export interface Person {
  readonly id: string;
  readonly email: string;
}

/** What a person may do. Default a member of both. */
export interface Roles {
  readonly organization?: 'ADMIN' | 'MEMBER';
  readonly workspace?: 'MANAGER' | 'MEMBER';
}

export interface Key {
  readonly id: string;
  readonly plain: string;
}

export interface ServerOptions {
  readonly upstreamUrl: string;
  readonly transport?: 'STREAMABLE_HTTP' | 'SSE';
  readonly authentication?: Authentication;
  readonly granularity?: Granularity;
  readonly maxRequestBytes?: number;
  readonly patience?: {
    readonly upstreamTimeoutSeconds?: number;
    readonly upstreamIdleSeconds?: number;
    readonly connectRetries?: number;
    readonly circuitBreakerFailures?: number;
    readonly circuitBreakerOpenSeconds?: number;
  };
  /** Workspaces that get it besides the first one. */
  readonly alsoIn?: readonly Workspace[];
  /** The workspace that gets it instead of the first one. */
  readonly onlyIn?: Workspace;
  readonly defaultUserAccess?: 'ALLOW' | 'DENY';
}

export interface Server {
  readonly id: string;
  readonly slug: string;
  readonly grantId: string;
  /** Below any data plane's origin. */
  readonly path: string;
  /** Through the balancer. */
  readonly url: string;
}

/** An organization of its own with one workspace, made by the public API: tests that share a gateway cannot see each other's. */
export class World {
  readonly gateway: GatewayAddresses;
  readonly api: ApiClient;
  readonly organizationId: string;
  readonly workspace: Workspace;

  private constructor(gateway: GatewayAddresses, api: ApiClient, organizationId: string, workspace: Workspace) {
    this.gateway = gateway;
    this.api = api;
    this.organizationId = organizationId;
    this.workspace = workspace;
  }

  static async create(gateway: GatewayAddresses): Promise<World> {
    const api = new ApiClient(gateway.controlPlaneUrl, gateway.adminKey);
    const { organization } = await api.run<{ organization: { id: string } }>(
      `mutation ($input: OrganizationCreateInput!) {
        organizationCreate(input: $input) { organization { id } snapshotRevision userErrors { code message field } }
      }`,
      { input: { slug: toSlug('org'), name: 'Test organization' } },
      'organizationCreate',
    );
    return new World(gateway, api, organization.id, await createWorkspace(api, organization.id));
  }

  /** The same world, seen through another control plane. */
  through(controlPlaneUrl: string): World {
    const api = new ApiClient(controlPlaneUrl, this.gateway.adminKey);
    return new World({ ...this.gateway, controlPlaneUrl }, api, this.organizationId, this.workspace);
  }

  addWorkspace(): Promise<Workspace> {
    return createWorkspace(this.api, this.organizationId);
  }

  /** Somebody in the organization and in the workspace. */
  async addPerson(workspace = this.workspace, { organization: role = 'MEMBER', workspace: seat = 'MEMBER' }: Roles = {}): Promise<Person> {
    const email = `${toSlug('person')}@example.com`;
    const { user } = await this.api.run<{ user: { id: string } }>(
      `mutation ($input: UserCreateInput!) {
        userCreate(input: $input) { user { id } snapshotRevision userErrors { code message field } }
      }`,
      { input: { organizationId: this.organizationId, email, name: 'Test person', role } },
      'userCreate',
    );
    await this.api.run(
      `mutation ($input: WorkspaceMemberAddInput!) {
        workspaceMemberAdd(input: $input) { snapshotRevision userErrors { code message field } }
      }`,
      { input: { workspaceId: workspace.id, userIds: [user.id], role: seat } },
      'workspaceMemberAdd',
    );
    return { id: user.id, email };
  }

  /** Ends a membership of the workspace. */
  async removePerson(person: Pick<Person, 'id'>): Promise<void> {
    await this.api.run(
      `mutation ($input: WorkspaceMemberRemoveInput!) {
        workspaceMemberRemove(input: $input) { snapshotRevision userErrors { code message field } }
      }`,
      { input: { workspaceId: this.workspace.id, userIds: [person.id] } },
      'workspaceMemberRemove',
    );
  }

  /** A key of the workspace itself, or of a person in it. */
  async addKey(
    options: { readonly person?: Person; readonly workspace?: Workspace; readonly scopes?: readonly Scope[] } = {},
  ): Promise<Key> {
    const input = {
      name: toSlug('key'),
      kind: options.person === undefined ? 'SERVICE' : 'USER',
      userId: options.person?.id,
      workspaceId: (options.workspace ?? this.workspace).id,
      scopes: options.scopes ?? ['MCP'],
    };
    const { apiKey, plainKey } = await this.api.run<{ apiKey: { id: string }; plainKey: string }>(
      `mutation ($input: ApiKeyCreateInput!) {
        apiKeyCreate(input: $input) { apiKey { id } plainKey snapshotRevision userErrors { code message field } }
      }`,
      { input },
      'apiKeyCreate',
    );
    return { id: apiKey.id, plain: plainKey };
  }

  async revokeKey(key: Key): Promise<void> {
    await this.api.run(
      `mutation ($id: ID!) { apiKeyRevoke(id: $id) { snapshotRevision userErrors { code message field } } }`,
      { id: key.id },
      'apiKeyRevoke',
    );
  }

  /** Registers a server and grants it to the workspace. */
  async addServer(options: ServerOptions): Promise<Server> {
    const slug = toSlug('server');
    const input = {
      organizationId: this.organizationId,
      slug,
      name: 'Test server',
      url: options.upstreamUrl,
      transport: options.transport ?? 'STREAMABLE_HTTP',
      authentication: options.authentication ?? 'NONE',
      granularity: options.granularity ?? 'ORGANIZATION',
      ...options.patience,
      ...(options.maxRequestBytes !== undefined && { maxRequestBytes: options.maxRequestBytes }),
    };
    const { mcpServer } = await this.api.run<{ mcpServer: { id: string } }>(
      `mutation ($input: McpServerCreateInput!) {
        mcpServerCreate(input: $input) { mcpServer { id } snapshotRevision userErrors { code message field } }
      }`,
      { input },
      'mcpServerCreate',
    );
    const grantId = await this.grant(mcpServer.id, options.onlyIn ?? this.workspace, options.defaultUserAccess);
    for (const workspace of options.alsoIn ?? []) await this.grant(mcpServer.id, workspace, options.defaultUserAccess);
    const path = `/${this.workspace.slug}/${slug}/mcp`;
    return { id: mcpServer.id, slug, grantId, path, url: this.gateway.url + path };
  }

  async grant(mcpServerId: string, workspace: Workspace, defaultUserAccess: 'ALLOW' | 'DENY' = 'ALLOW'): Promise<string> {
    const { accessGrant } = await this.api.run<{ accessGrant: { id: string } }>(
      `mutation ($input: AccessGrantCreateInput!) {
        accessGrantCreate(input: $input) { accessGrant { id } snapshotRevision userErrors { code message field } }
      }`,
      { input: { mcpServerId, workspaceId: workspace.id, defaultUserAccess } },
      'accessGrantCreate',
    );
    return accessGrant.id;
  }

  /** Stores the header values of a subject: the organization, a workspace or a person. */
  async connect(server: Server, subjectId: string, headers: Readonly<Record<string, string>>): Promise<void> {
    const values = Object.entries(headers).map(([name, value]) => ({ name, value }));
    await this.api.run(
      `mutation ($input: ConnectionCreateInput!) {
        connectionCreate(input: $input) { snapshotRevision userErrors { code message field } }
      }`,
      { input: { mcpServerId: server.id, subjectId, headers: values } },
      'connectionCreate',
    );
  }

  /** Waits until every data plane decides by everything done so far. */
  async enforced(): Promise<void> {
    const { isEnforced, failure } = await this.api.run<{ isEnforced: boolean; failure: string | null }>(
      `query ($revision: Int!) { snapshotStatus(revision: $revision, timeoutMs: 20000) { isEnforced failure } }`,
      { revision: this.api.revision },
      'snapshotStatus',
    );
    if (!isEnforced) throw new Error(`Revision ${this.api.revision} is not enforced: ${failure ?? 'it takes too long'}`);
  }

  /** What the data planes say of themselves. */
  readGateways(): Promise<readonly { readonly revision: number | null; readonly refused: { readonly reason: string } | null }[]> {
    return this.api.run(`query { gateways { revision refused { reason } } }`, {}, 'gateways');
  }
}

async function createWorkspace(api: ApiClient, organizationId: string): Promise<Workspace> {
  const { workspace } = await api.run<{ workspace: Workspace }>(
    `mutation ($input: WorkspaceCreateInput!) {
      workspaceCreate(input: $input) { workspace { id slug } snapshotRevision userErrors { code message field } }
    }`,
    { input: { organizationId, slug: toSlug('ws'), name: 'Test workspace' } },
    'workspaceCreate',
  );
  return workspace;
}

function toSlug(kind: string): string {
  return `${kind}-${randomBytes(5).toString('hex')}`;
}
