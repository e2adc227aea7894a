import { randomBytes } from 'node:crypto';
import type { TestControlPlane } from './control-plane.ts';
import {
  AccessGrantCreateDocument,
  ApiKeyCreateDocument,
  McpServerCreateDocument,
  OrganizationCreateDocument,
  UserCreateDocument,
  WorkspaceCreateDocument,
  WorkspaceMemberAddDocument,
  type AccessGrantCreateInput,
  type McpServerCreateInput,
  type OrganizationRole,
  type WorkspaceRole,
} from './generated/graphql.ts';

/** Somebody who calls the API. */
export interface HubPerson {
  readonly id: string;
  readonly key: string;
}

/** An organization of its own in a control plane, with what a test adds to it as the instance administrator. */
export class HubWorld {
  readonly plane: TestControlPlane;
  readonly organizationId: string;

  private constructor(plane: TestControlPlane, organizationId: string) {
    this.plane = plane;
    this.organizationId = organizationId;
  }

  static async create(plane: TestControlPlane): Promise<HubWorld> {
    const input = { slug: unique('org'), name: 'Organization' };
    const { organizationCreate } = await plane.run(plane.adminKey, OrganizationCreateDocument, { input });
    return new HubWorld(plane, organizationCreate.organization!.id);
  }

  async addWorkspace(slug = unique('ws')): Promise<{ id: string; slug: string }> {
    const input = { organizationId: this.organizationId, slug, name: 'Workspace' };
    const { workspaceCreate } = await this.plane.run(this.plane.adminKey, WorkspaceCreateDocument, { input });
    return workspaceCreate.workspace!;
  }

  /** A person with a key of their own for the API. */
  async addPerson(role: OrganizationRole = 'MEMBER', seat?: { workspaceId: string; role: WorkspaceRole }): Promise<HubPerson> {
    const { adminKey } = this.plane;
    const input = { organizationId: this.organizationId, email: `${unique('person')}@example.com`, name: 'Person', role };
    const { id } = (await this.plane.run(adminKey, UserCreateDocument, { input })).userCreate.user!;
    if (seat !== undefined) {
      await this.plane.run(adminKey, WorkspaceMemberAddDocument, {
        input: { workspaceId: seat.workspaceId, userIds: [id], role: seat.role },
      });
    }
    const { apiKeyCreate } = await this.plane.run(adminKey, ApiKeyCreateDocument, {
      input: { kind: 'USER', userId: id, name: 'key', scopes: ['API_READ', 'API_WRITE'] },
    });
    return { id, key: apiKeyCreate.plainKey! };
  }

  async addServer(rest: Partial<McpServerCreateInput> = {}): Promise<{ id: string; slug: string }> {
    const input = { organizationId: this.organizationId, slug: unique('server'), name: 'Server', url: 'https://mcp.example/mcp', ...rest };
    return (await this.plane.run(this.plane.adminKey, McpServerCreateDocument, { input })).mcpServerCreate.mcpServer!;
  }

  async grant(workspaceId: string, mcpServerId: string, rest: Partial<AccessGrantCreateInput> = {}): Promise<{ id: string; url: string }> {
    const input = { workspaceId, mcpServerId, ...rest };
    return (await this.plane.run(this.plane.adminKey, AccessGrantCreateDocument, { input })).accessGrantCreate.accessGrant!;
  }
}

/** Something that no other test has. */
export function unique(prefix: string): string {
  return `${prefix}-${randomBytes(5).toString('hex')}`;
}
