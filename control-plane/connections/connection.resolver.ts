import { Arg, Args, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { PerformsAction } from '../api/action.ts';
import type { ApiContext } from '../api/context.ts';
import { PageArgs, type Page } from '../api/page.ts';
import { toPayload } from '../api/payload.ts';
import { UserType } from '../identity/index.ts';
import { batchMcpServers, McpServerType } from '../mcp-servers/index.ts';
import { WorkspaceType } from '../workspaces/index.ts';
import { ConnectionCreateInput, ConnectionUpdateInput } from './connection.input.ts';
import { ConnectionCreatePayload, ConnectionDeletePayload, ConnectionUpdatePayload } from './connection.payload.ts';
import { listServerConnections, listSubjectConnections, readConnection, readConnectionBySubject } from './connection-queries.ts';
import type { ConnectionService } from './connection-service.ts';
import { ConnectionConnection, ConnectionType, toConnectionType } from './connection.type.ts';

const EXPECTED_VERSION = 'The version that was read; another one answers STALE_VERSION and changes nothing.';
const WRITERS =
  "An organization's is for its owners and administrators, a workspace's also for its managers, a person's for the person themselves.";

@Resolver(() => ConnectionType)
export class ConnectionResolver {
  readonly #service: ConnectionService;

  constructor(service: ConnectionService) {
    this.#service = service;
  }

  @PerformsAction('connection.read')
  @Query(() => ConnectionType, { nullable: true, description: 'A stored credential by id; null where there is none that the caller sees.' })
  connection(
    @Arg('id', () => ID, { description: 'The id that the object has.' }) id: string,
    @Ctx() context: ApiContext,
  ): Promise<ConnectionType | null> {
    return readConnection(id, context);
  }

  @PerformsAction('connection.read')
  @Query(() => ConnectionType, {
    nullable: true,
    description: 'A stored credential by its natural key, for import; null where there is none that the caller sees.',
  })
  connectionBySubject(
    @Arg('mcpServerId', () => ID, { description: 'The server it is for.' }) mcpServerId: string,
    @Arg('subjectId', () => ID, { description: 'Whose it is.' }) subjectId: string,
    @Ctx() context: ApiContext,
  ): Promise<ConnectionType | null> {
    return readConnectionBySubject(mcpServerId, subjectId, context);
  }

  @PerformsAction('connection.write')
  @Mutation(() => ConnectionCreatePayload, {
    description: `Stores a credential, sealed. ${WRITERS} TAKEN: the subject has one for this server.`,
  })
  async connectionCreate(
    @Arg('input', () => ConnectionCreateInput, { description: 'The credential.' }) input: ConnectionCreateInput,
    @Arg('idempotencyKey', () => String, {
      nullable: true,
      description: 'Makes a retry safe for 24 hours: the same key and input get the first answer. At most 255 characters.',
    })
    idempotencyKey: string | undefined,
    @Ctx() { access }: ApiContext,
  ): Promise<ConnectionCreatePayload> {
    return toPayload('connection', await this.#service.create(access, input, idempotencyKey), toConnectionType);
  }

  @PerformsAction('connection.write')
  @Mutation(() => ConnectionUpdatePayload, { description: `Changes a stored credential. ${WRITERS}` })
  async connectionUpdate(
    @Arg('id', () => ID, { description: 'The credential.' }) id: string,
    @Arg('input', () => ConnectionUpdateInput, { description: 'What changes.' }) input: ConnectionUpdateInput,
    @Arg('expectedVersion', () => Int, { nullable: true, description: EXPECTED_VERSION }) expectedVersion: number | undefined,
    @Ctx() { access }: ApiContext,
  ): Promise<ConnectionUpdatePayload> {
    return toPayload('connection', await this.#service.update(access, id, input, expectedVersion), toConnectionType);
  }

  @PerformsAction('connection.write')
  @Mutation(() => ConnectionDeletePayload, {
    description: `Deletes a stored credential; gateways forget it with the revision in the answer, and its tokens are taken back at the upstream where that offers it. ${WRITERS} Owners and administrators may delete a person's too. Deleting what is gone succeeds.`,
  })
  async connectionDelete(
    @Arg('id', () => ID, { description: 'The credential.' }) id: string,
    @Arg('expectedVersion', () => Int, { nullable: true, description: EXPECTED_VERSION }) expectedVersion: number | undefined,
    @Ctx() { access }: ApiContext,
  ): Promise<ConnectionDeletePayload> {
    return toPayload('deletedId', await this.#service.delete(access, id, expectedVersion), (deleted) => deleted.id);
  }

  @FieldResolver(() => McpServerType, { description: 'The server it is for.' })
  mcpServer(@Root() connection: ConnectionType, @Ctx() { loaders }: ApiContext): Promise<McpServerType> {
    return loaders.loadExisting(batchMcpServers, connection.mcpServerId);
  }
}

@Resolver(() => McpServerType)
export class McpServerConnectionsResolver {
  @FieldResolver(() => ConnectionConnection, {
    description:
      "The credentials stored for it that the caller sees, oldest first: all for owners, administrators and auditors; for others their own and, as a manager, their workspaces'.",
  })
  connections(
    @Root() server: McpServerType,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: ApiContext,
  ): Promise<Page<ConnectionType>> {
    return listServerConnections(server, args, context);
  }
}

@Resolver(() => WorkspaceType)
export class WorkspaceConnectionsResolver {
  @FieldResolver(() => ConnectionConnection, {
    description:
      'Its own credentials at servers with granularity WORKSPACE, oldest first; none for who is neither its manager nor oversees.',
  })
  connections(
    @Root() workspace: WorkspaceType,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: ApiContext,
  ): Promise<Page<ConnectionType>> {
    return listSubjectConnections('WORKSPACE', workspace, args, context);
  }
}

@Resolver(() => UserType)
export class UserConnectionsResolver {
  @FieldResolver(() => ConnectionConnection, {
    description: 'Their own accounts at servers with granularity USER, oldest first; none for who is neither them nor oversees.',
  })
  connections(@Root() user: UserType, @Args(() => PageArgs) args: PageArgs, @Ctx() context: ApiContext): Promise<Page<ConnectionType>> {
    return listSubjectConnections('USER', user, args, context);
  }
}
