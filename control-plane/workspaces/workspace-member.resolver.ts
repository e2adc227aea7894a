import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Resolver, Root } from 'type-graphql';
import { PerformsAction } from '../api/action.ts';
import type { ApiContext } from '../api/context.ts';
import { toPayload } from '../api/payload.ts';
import { batchUsers, UserType } from '../identity/index.ts';
import { WorkspaceMemberAddInput, WorkspaceMemberRemoveInput, WorkspaceMemberUpdateInput } from './workspace.input.ts';
import { WorkspaceMemberAddPayload, WorkspaceMemberRemovePayload, WorkspaceMemberUpdatePayload } from './workspace.payload.ts';
import type { WorkspaceMemberService } from './workspace-member-service.ts';
import { batchWorkspaces } from './workspace-queries.ts';
import { toWorkspaceMemberType, WorkspaceMemberType, WorkspaceType } from './workspace.type.ts';

const EXPECTED_VERSION = 'The version that was read; another one answers STALE_VERSION and changes nothing.';

@Resolver(() => WorkspaceMemberType)
export class WorkspaceMemberResolver {
  readonly #service: WorkspaceMemberService;

  constructor(service: WorkspaceMemberService) {
    this.#service = service;
  }

  @PerformsAction('workspace_member.write')
  @Mutation(() => WorkspaceMemberAddPayload, {
    description:
      'Adds a person to a workspace. For its managers, and owners and administrators of the organization. TAKEN: somebody is a member already.',
  })
  async workspaceMemberAdd(
    @Arg('input', () => WorkspaceMemberAddInput, { description: 'Who joins what, as what.' }) input: WorkspaceMemberAddInput,
    @Arg('idempotencyKey', () => String, {
      nullable: true,
      description: 'Makes a retry safe for 24 hours: the same key and input get the first answer. At most 255 characters.',
    })
    idempotencyKey: string | undefined,
    @Ctx() { access }: ApiContext,
  ): Promise<WorkspaceMemberAddPayload> {
    return toPayload('workspaceMembers', await this.#service.add(access, input, idempotencyKey), (rows) => rows.map(toWorkspaceMemberType));
  }

  @PerformsAction('workspace_member.write')
  @Mutation(() => WorkspaceMemberUpdatePayload, {
    description: 'Changes a membership. For managers of the workspace, and owners and administrators of the organization.',
  })
  async workspaceMemberUpdate(
    @Arg('id', () => ID, { description: 'The membership.' }) id: string,
    @Arg('input', () => WorkspaceMemberUpdateInput, { description: 'What changes.' }) input: WorkspaceMemberUpdateInput,
    @Arg('expectedVersion', () => Int, { nullable: true, description: EXPECTED_VERSION }) expectedVersion: number | undefined,
    @Ctx() { access }: ApiContext,
  ): Promise<WorkspaceMemberUpdatePayload> {
    return toPayload('workspaceMember', await this.#service.update(access, id, input, expectedVersion), toWorkspaceMemberType);
  }

  @PerformsAction('workspace_member.write')
  @Mutation(() => WorkspaceMemberRemovePayload, {
    description:
      'Takes people out of a workspace; their keys of it stop working with the revision in the answer. Removing who is gone succeeds.',
  })
  async workspaceMemberRemove(
    @Arg('input', () => WorkspaceMemberRemoveInput, { description: 'Who leaves what.' }) input: WorkspaceMemberRemoveInput,
    @Ctx() { access }: ApiContext,
  ): Promise<WorkspaceMemberRemovePayload> {
    return toPayload('deletedIds', await this.#service.remove(access, input), (ids) => ids);
  }

  @FieldResolver(() => UserType, { description: 'The person.' })
  user(@Root() member: WorkspaceMemberType, @Ctx() { loaders }: ApiContext): Promise<UserType> {
    return loaders.loadExisting(batchUsers, member.userId);
  }

  @FieldResolver(() => WorkspaceType, { description: 'The workspace.' })
  workspace(@Root() member: WorkspaceMemberType, @Ctx() { loaders }: ApiContext): Promise<WorkspaceType> {
    return loaders.loadExisting(batchWorkspaces, member.workspaceId);
  }
}
