import { Arg, Args, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { PerformsAction } from '../api/action.ts';
import type { ApiContext } from '../api/context.ts';
import { PageArgs, type Page } from '../api/page.ts';
import { toPayload } from '../api/payload.ts';
import { batchUsers, UserType } from '../identity/index.ts';
import { batchMcpServers, McpServerType } from '../mcp-servers/index.ts';
import { batchWorkspaces, WorkspaceType } from '../workspaces/index.ts';
import { AccessGrantCreateInput, AccessGrantUpdateInput } from './access-grant.input.ts';
import {
  AccessGrantCreatePayload,
  AccessGrantDeletePayload,
  AccessGrantDisablePayload,
  AccessGrantEnablePayload,
  AccessGrantUpdatePayload,
} from './access-grant.payload.ts';
import {
  listUserOverrides,
  listServerGrants,
  listWorkspaceGrants,
  readAccessGrant,
  readAccessGrantByServer,
} from './access-grant-queries.ts';
import type { AccessGrantService } from './access-grant-service.ts';
import { AccessGrantConnection, AccessGrantType, toAccessGrantType, UserOverrideType } from './access-grant.type.ts';
import { MAX_USER_OVERRIDES } from './user-overrides.ts';

const EXPECTED_VERSION = 'The version that was read; another one answers STALE_VERSION and changes nothing.';
const WRITERS = 'For managers of the workspace, and owners and administrators of the organization.';

@Resolver(() => AccessGrantType)
export class AccessGrantResolver {
  readonly #service: AccessGrantService;
  readonly #gatewayUrl: string;

  /** @param gatewayUrl the public base URL of the data plane. */
  constructor(service: AccessGrantService, gatewayUrl: string) {
    this.#service = service;
    this.#gatewayUrl = gatewayUrl;
  }

  @PerformsAction('access_grant.read')
  @Query(() => AccessGrantType, { nullable: true, description: 'A grant by id; null where there is none that the caller sees.' })
  accessGrant(
    @Arg('id', () => ID, { description: 'The id that the object has.' }) id: string,
    @Ctx() context: ApiContext,
  ): Promise<AccessGrantType | null> {
    return readAccessGrant(id, context);
  }

  @PerformsAction('access_grant.read')
  @Query(() => AccessGrantType, {
    nullable: true,
    description: 'A grant by its natural key, for import; null where there is none that the caller sees.',
  })
  accessGrantByServer(
    @Arg('workspaceId', () => ID, { description: 'The workspace.' }) workspaceId: string,
    @Arg('mcpServerId', () => ID, { description: 'The server.' }) mcpServerId: string,
    @Ctx() context: ApiContext,
  ): Promise<AccessGrantType | null> {
    return readAccessGrantByServer(workspaceId, mcpServerId, context);
  }

  @PerformsAction('access_grant.write')
  @Mutation(() => AccessGrantCreatePayload, {
    description: `Makes a server available to a workspace. ${WRITERS} TAKEN: the workspace has a grant for the server.`,
  })
  async accessGrantCreate(
    @Arg('input', () => AccessGrantCreateInput, { description: 'What is made available to whom.' }) input: AccessGrantCreateInput,
    @Arg('idempotencyKey', () => String, {
      nullable: true,
      description: 'Makes a retry safe for 24 hours: the same key and input get the first answer. At most 255 characters.',
    })
    idempotencyKey: string | undefined,
    @Ctx() { access }: ApiContext,
  ): Promise<AccessGrantCreatePayload> {
    return toPayload('accessGrant', await this.#service.create(access, input, idempotencyKey), toAccessGrantType);
  }

  @PerformsAction('access_grant.write')
  @Mutation(() => AccessGrantUpdatePayload, { description: `Changes a grant. ${WRITERS}` })
  async accessGrantUpdate(
    @Arg('id', () => ID, { description: 'The grant.' }) id: string,
    @Arg('input', () => AccessGrantUpdateInput, { description: 'What changes.' }) input: AccessGrantUpdateInput,
    @Arg('expectedVersion', () => Int, { nullable: true, description: EXPECTED_VERSION }) expectedVersion: number | undefined,
    @Ctx() { access }: ApiContext,
  ): Promise<AccessGrantUpdatePayload> {
    return toPayload('accessGrant', await this.#service.update(access, id, input, expectedVersion), toAccessGrantType);
  }

  @PerformsAction('access_grant.write')
  @Mutation(() => AccessGrantEnablePayload, { description: `Puts a grant in force again. ${WRITERS}` })
  async accessGrantEnable(
    @Arg('id', () => ID, { description: 'The grant.' }) id: string,
    @Arg('expectedVersion', () => Int, { nullable: true, description: EXPECTED_VERSION }) expectedVersion: number | undefined,
    @Ctx() { access }: ApiContext,
  ): Promise<AccessGrantEnablePayload> {
    return toPayload('accessGrant', await this.#service.setEnabled(access, id, true, expectedVersion), toAccessGrantType);
  }

  @PerformsAction('access_grant.write')
  @Mutation(() => AccessGrantDisablePayload, {
    description: `Puts a grant out of force with the revision in the answer; its settings stay. ${WRITERS}`,
  })
  async accessGrantDisable(
    @Arg('id', () => ID, { description: 'The grant.' }) id: string,
    @Arg('expectedVersion', () => Int, { nullable: true, description: EXPECTED_VERSION }) expectedVersion: number | undefined,
    @Ctx() { access }: ApiContext,
  ): Promise<AccessGrantDisablePayload> {
    return toPayload('accessGrant', await this.#service.setEnabled(access, id, false, expectedVersion), toAccessGrantType);
  }

  @PerformsAction('access_grant.write')
  @Mutation(() => AccessGrantDeletePayload, {
    description: `Takes a server away from a workspace, with the revision in the answer. ${WRITERS} Deleting what is gone succeeds.`,
  })
  async accessGrantDelete(
    @Arg('id', () => ID, { description: 'The grant.' }) id: string,
    @Arg('expectedVersion', () => Int, { nullable: true, description: EXPECTED_VERSION }) expectedVersion: number | undefined,
    @Ctx() { access }: ApiContext,
  ): Promise<AccessGrantDeletePayload> {
    return toPayload('deletedId', await this.#service.delete(access, id, expectedVersion), (deleted) => deleted);
  }

  @FieldResolver(() => WorkspaceType, { description: 'The workspace that has it.' })
  workspace(@Root() grant: AccessGrantType, @Ctx() { loaders }: ApiContext): Promise<WorkspaceType> {
    return loaders.loadExisting(batchWorkspaces, grant.workspaceId);
  }

  @FieldResolver(() => McpServerType, { description: 'The server that it makes available.' })
  mcpServer(@Root() grant: AccessGrantType, @Ctx() { loaders }: ApiContext): Promise<McpServerType> {
    return loaders.loadExisting(batchMcpServers, grant.mcpServerId);
  }

  @FieldResolver(() => [UserOverrideType], {
    description: `The exceptions from the default, by user id; at most ${MAX_USER_OVERRIDES}. All of them for managers of the workspace and those who oversee the organization; for others only their own.`,
  })
  userOverrides(@Root() grant: AccessGrantType, @Ctx() context: ApiContext): Promise<UserOverrideType[]> {
    return listUserOverrides(grant, context);
  }

  @FieldResolver(() => String, { description: 'The URL for MCP clients: one for each workspace and server.' })
  async url(@Root() grant: AccessGrantType, @Ctx() { loaders }: ApiContext): Promise<string> {
    const [workspace, server] = await Promise.all([
      loaders.load(batchWorkspaces, grant.workspaceId),
      loaders.load(batchMcpServers, grant.mcpServerId),
    ]);
    return `${this.#gatewayUrl}/${workspace!.slug}/${server!.slug}/mcp`;
  }
}

@Resolver(() => UserOverrideType)
export class UserOverrideResolver {
  @FieldResolver(() => UserType, { description: 'The person.' })
  user(@Root() override: UserOverrideType, @Ctx() { loaders }: ApiContext): Promise<UserType> {
    return loaders.loadExisting(batchUsers, override.userId);
  }
}

@Resolver(() => WorkspaceType)
export class WorkspaceAccessGrantsResolver {
  @FieldResolver(() => AccessGrantConnection, { description: 'The grants that it has, oldest first.' })
  accessGrants(
    @Root() workspace: WorkspaceType,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: ApiContext,
  ): Promise<Page<AccessGrantType>> {
    return listWorkspaceGrants(workspace.id, args, context);
  }
}

@Resolver(() => McpServerType)
export class McpServerAccessGrantsResolver {
  @FieldResolver(() => AccessGrantConnection, {
    description: 'The grants for it, oldest first: all for owners, administrators and auditors; for others those of their workspaces.',
  })
  accessGrants(
    @Root() server: McpServerType,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: ApiContext,
  ): Promise<Page<AccessGrantType>> {
    return listServerGrants(server, args, context);
  }
}
