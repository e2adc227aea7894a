import { Arg, Args, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { PerformsAction } from '../api/action.ts';
import type { ApiContext } from '../api/context.ts';
import { PageArgs, SearchPageArgs, type Page } from '../api/page.ts';
import { toPayload } from '../api/payload.ts';
import { UserType } from '../identity/index.ts';
import { batchOrganizations, OrganizationType } from '../organizations/index.ts';
import { WorkspaceCreateInput, WorkspaceUpdateInput } from './workspace.input.ts';
import { WorkspaceCreatePayload, WorkspaceDeletePayload, WorkspaceUpdatePayload } from './workspace.payload.ts';
import { listMemberships, listWorkspaceMembers, listWorkspaces, readWorkspace, readWorkspaceBySlug } from './workspace-queries.ts';
import type { WorkspaceService } from './workspace-service.ts';
import {
  toWorkspaceType,
  WorkspaceConnection,
  WorkspaceMemberConnection,
  WorkspaceType,
  type WorkspaceMemberType,
} from './workspace.type.ts';

const EXPECTED_VERSION = 'The version that was read; another one answers STALE_VERSION and changes nothing.';

@Resolver(() => WorkspaceType)
export class WorkspaceResolver {
  readonly #service: WorkspaceService;

  constructor(service: WorkspaceService) {
    this.#service = service;
  }

  @PerformsAction('workspace.read')
  @Query(() => WorkspaceType, { nullable: true, description: 'A workspace by id; null where there is none that the caller sees.' })
  workspace(
    @Arg('id', () => ID, { description: 'The id that the object has.' }) id: string,
    @Ctx() context: ApiContext,
  ): Promise<WorkspaceType | null> {
    return readWorkspace(id, context);
  }

  @PerformsAction('workspace.read')
  @Query(() => WorkspaceType, {
    nullable: true,
    description: 'A workspace by its natural key, for import; null where there is none that the caller sees.',
  })
  workspaceBySlug(
    @Arg('slug', () => String, { description: 'The slug that it was created with.' }) slug: string,
    @Ctx() context: ApiContext,
  ): Promise<WorkspaceType | null> {
    return readWorkspaceBySlug(slug, context);
  }

  @PerformsAction('workspace.create')
  @Mutation(() => WorkspaceCreatePayload, {
    description:
      'Creates a workspace. For owners and administrators of the organization. TAKEN: another workspace of the gateway has the slug.',
  })
  async workspaceCreate(
    @Arg('input', () => WorkspaceCreateInput, { description: 'The new workspace.' }) input: WorkspaceCreateInput,
    @Arg('idempotencyKey', () => String, {
      nullable: true,
      description: 'Makes a retry safe for 24 hours: the same key and input get the first answer. At most 255 characters.',
    })
    idempotencyKey: string | undefined,
    @Ctx() { access }: ApiContext,
  ): Promise<WorkspaceCreatePayload> {
    return toPayload('workspace', await this.#service.create(access, input, idempotencyKey), toWorkspaceType);
  }

  @PerformsAction('workspace.update')
  @Mutation(() => WorkspaceUpdatePayload, {
    description: 'Changes a workspace. For its managers, and owners and administrators of the organization.',
  })
  async workspaceUpdate(
    @Arg('id', () => ID, { description: 'The workspace.' }) id: string,
    @Arg('input', () => WorkspaceUpdateInput, { description: 'What changes.' }) input: WorkspaceUpdateInput,
    @Arg('expectedVersion', () => Int, { nullable: true, description: EXPECTED_VERSION }) expectedVersion: number | undefined,
    @Ctx() { access }: ApiContext,
  ): Promise<WorkspaceUpdatePayload> {
    return toPayload('workspace', await this.#service.update(access, id, input, expectedVersion), toWorkspaceType);
  }

  @PerformsAction('workspace.delete')
  @Mutation(() => WorkspaceDeletePayload, {
    description:
      'Deletes a workspace with its members, keys, grants, stored credentials and the servers that it owns. For owners and administrators of the organization. Deleting what is gone succeeds.',
  })
  async workspaceDelete(
    @Arg('id', () => ID, { description: 'The workspace.' }) id: string,
    @Arg('expectedVersion', () => Int, { nullable: true, description: EXPECTED_VERSION }) expectedVersion: number | undefined,
    @Ctx() { access }: ApiContext,
  ): Promise<WorkspaceDeletePayload> {
    return toPayload('deletedId', await this.#service.delete(access, id, expectedVersion), (deleted) => deleted);
  }

  @FieldResolver(() => OrganizationType, { description: 'The organization it belongs to.' })
  organization(@Root() workspace: WorkspaceType, @Ctx() { loaders }: ApiContext): Promise<OrganizationType> {
    return loaders.loadExisting(batchOrganizations, workspace.organizationId);
  }

  @FieldResolver(() => WorkspaceMemberConnection, { description: 'The people in it, oldest membership first.' })
  members(
    @Root() workspace: WorkspaceType,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: ApiContext,
  ): Promise<Page<WorkspaceMemberType>> {
    return listWorkspaceMembers(workspace.id, args, context);
  }
}

@Resolver(() => OrganizationType)
export class OrganizationWorkspacesResolver {
  @FieldResolver(() => WorkspaceConnection, { description: 'Its workspaces that the caller sees, oldest first.' })
  workspaces(
    @Root() organization: OrganizationType,
    @Args(() => SearchPageArgs) args: SearchPageArgs,
    @Ctx() context: ApiContext,
  ): Promise<Page<WorkspaceType>> {
    return listWorkspaces(organization.id, args, context);
  }
}

@Resolver(() => UserType)
export class UserMembershipsResolver {
  @FieldResolver(() => WorkspaceMemberConnection, {
    description: 'The workspaces they are in, oldest membership first, as far as the caller sees those.',
  })
  memberships(
    @Root() user: UserType,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: ApiContext,
  ): Promise<Page<WorkspaceMemberType>> {
    return listMemberships(user, args, context);
  }
}
