import { Arg, Args, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { PerformsAction } from '../api/action.ts';
import type { ApiContext } from '../api/context.ts';
import { PageArgs, SearchPageArgs, type Page } from '../api/page.ts';
import { toPayload } from '../api/payload.ts';
import { batchOrganizations, OrganizationType } from '../organizations/index.ts';
import { batchWorkspaces, WorkspaceType } from '../workspaces/index.ts';
import { McpServerCreateInput, McpServerUpdateInput } from './mcp-server.input.ts';
import {
  McpServerCreatePayload,
  McpServerDeletePayload,
  McpServerDisablePayload,
  McpServerEnablePayload,
  McpServerUpdatePayload,
} from './mcp-server.payload.ts';
import { listOrganizationServers, listWorkspaceServers, readMcpServer, readMcpServerBySlug } from './mcp-server-queries.ts';
import type { McpServerService } from './mcp-server-service.ts';
import { McpServerConnection, McpServerType, toMcpServerType } from './mcp-server.type.ts';

const EXPECTED_VERSION = 'The version that was read; another one answers STALE_VERSION and changes nothing.';
const WRITERS = 'For owners and administrators of the organization; for managers of the workspace where a workspace owns it.';

@Resolver(() => McpServerType)
export class McpServerResolver {
  readonly #service: McpServerService;

  constructor(service: McpServerService) {
    this.#service = service;
  }

  @PerformsAction('mcp_server.read')
  @Query(() => McpServerType, { nullable: true, description: 'An MCP server by id; null where there is none that the caller sees.' })
  mcpServer(
    @Arg('id', () => ID, { description: 'The id that the object has.' }) id: string,
    @Ctx() context: ApiContext,
  ): Promise<McpServerType | null> {
    return readMcpServer(id, context);
  }

  @PerformsAction('mcp_server.read')
  @Query(() => McpServerType, {
    nullable: true,
    description: 'An MCP server by its natural key, for import; null where there is none that the caller sees.',
  })
  mcpServerBySlug(
    @Arg('organizationId', () => ID, { description: 'The organization whose hub it belongs to.' }) organizationId: string,
    @Arg('slug', () => String, { description: 'The slug that it was created with.' }) slug: string,
    @Ctx() context: ApiContext,
  ): Promise<McpServerType | null> {
    return readMcpServerBySlug(organizationId, slug, context);
  }

  @PerformsAction('mcp_server.write')
  @Mutation(() => McpServerCreatePayload, {
    description: `Registers a remote MCP server in the hub. Workspaces get it by a grant. ${WRITERS} TAKEN: another server of the organization has the slug. UNREACHABLE: the address is not one that the gateway may connect to.`,
  })
  async mcpServerCreate(
    @Arg('input', () => McpServerCreateInput, { description: 'The server.' }) input: McpServerCreateInput,
    @Arg('idempotencyKey', () => String, {
      nullable: true,
      description: 'Makes a retry safe for 24 hours: the same key and input get the first answer. At most 255 characters.',
    })
    idempotencyKey: string | undefined,
    @Ctx() { access }: ApiContext,
  ): Promise<McpServerCreatePayload> {
    return toPayload('mcpServer', await this.#service.create(access, input, idempotencyKey), toMcpServerType);
  }

  @PerformsAction('mcp_server.write')
  @Mutation(() => McpServerUpdatePayload, { description: `Changes a server. ${WRITERS}` })
  async mcpServerUpdate(
    @Arg('id', () => ID, { description: 'The server.' }) id: string,
    @Arg('input', () => McpServerUpdateInput, { description: 'What changes.' }) input: McpServerUpdateInput,
    @Arg('expectedVersion', () => Int, { nullable: true, description: EXPECTED_VERSION }) expectedVersion: number | undefined,
    @Ctx() { access }: ApiContext,
  ): Promise<McpServerUpdatePayload> {
    return toPayload('mcpServer', await this.#service.update(access, id, input, expectedVersion), toMcpServerType);
  }

  @PerformsAction('mcp_server.write')
  @Mutation(() => McpServerEnablePayload, { description: `Makes a server callable again, wherever it is granted. ${WRITERS}` })
  async mcpServerEnable(
    @Arg('id', () => ID, { description: 'The server.' }) id: string,
    @Arg('expectedVersion', () => Int, { nullable: true, description: EXPECTED_VERSION }) expectedVersion: number | undefined,
    @Ctx() { access }: ApiContext,
  ): Promise<McpServerEnablePayload> {
    return toPayload('mcpServer', await this.#service.setEnabled(access, id, true, expectedVersion), toMcpServerType);
  }

  @PerformsAction('mcp_server.write')
  @Mutation(() => McpServerDisablePayload, {
    description: `Takes a server out of use everywhere, with the revision in the answer; its grants and connections stay. ${WRITERS}`,
  })
  async mcpServerDisable(
    @Arg('id', () => ID, { description: 'The server.' }) id: string,
    @Arg('expectedVersion', () => Int, { nullable: true, description: EXPECTED_VERSION }) expectedVersion: number | undefined,
    @Ctx() { access }: ApiContext,
  ): Promise<McpServerDisablePayload> {
    return toPayload('mcpServer', await this.#service.setEnabled(access, id, false, expectedVersion), toMcpServerType);
  }

  @PerformsAction('mcp_server.write')
  @Mutation(() => McpServerDeletePayload, {
    description: `Deletes a server with its grants and stored connections, and says which workspaces lose it. ${WRITERS} Deleting what is gone succeeds.`,
  })
  async mcpServerDelete(
    @Arg('id', () => ID, { description: 'The server.' }) id: string,
    @Arg('expectedVersion', () => Int, { nullable: true, description: EXPECTED_VERSION }) expectedVersion: number | undefined,
    @Ctx() { access, loaders }: ApiContext,
  ): Promise<McpServerDeletePayload> {
    const result = await this.#service.delete(access, id, expectedVersion);
    const affected = result.ok ? result.value.value.affected : { count: 0, named: [] };
    const named = await Promise.all(affected.named.map((workspaceId) => loaders.load(batchWorkspaces, workspaceId)));
    return {
      ...toPayload('deletedId', result, (deleted) => deleted.id),
      affectedWorkspaceCount: affected.count,
      affectedWorkspaces: named.filter((workspace) => workspace !== null),
    };
  }

  @FieldResolver(() => OrganizationType, { description: 'The organization whose hub it belongs to.' })
  organization(@Root() server: McpServerType, @Ctx() { loaders }: ApiContext): Promise<OrganizationType> {
    return loaders.loadExisting(batchOrganizations, server.organizationId);
  }

  @FieldResolver(() => WorkspaceType, { nullable: true, description: 'The workspace that owns it; null where the organization does.' })
  async workspace(@Root() server: McpServerType, @Ctx() { loaders }: ApiContext): Promise<WorkspaceType | null> {
    return server.workspaceId === null ? null : loaders.load(batchWorkspaces, server.workspaceId);
  }
}

@Resolver(() => OrganizationType)
export class OrganizationMcpServersResolver {
  @FieldResolver(() => McpServerConnection, {
    description:
      'The servers of its hub that the caller sees, oldest first: all for owners, administrators and auditors; for others what their workspaces have, and for managers what they could bring in.',
  })
  mcpServers(
    @Root() organization: OrganizationType,
    @Args(() => SearchPageArgs) args: SearchPageArgs,
    @Ctx() context: ApiContext,
  ): Promise<Page<McpServerType>> {
    return listOrganizationServers(organization.id, args, context);
  }
}

@Resolver(() => WorkspaceType)
export class WorkspaceMcpServersResolver {
  @FieldResolver(() => McpServerConnection, { description: 'The servers that it owns or has a grant for, oldest first.' })
  mcpServers(
    @Root() workspace: WorkspaceType,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: ApiContext,
  ): Promise<Page<McpServerType>> {
    return listWorkspaceServers(workspace.id, args, context);
  }
}
