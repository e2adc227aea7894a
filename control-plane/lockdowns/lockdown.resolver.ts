import { Arg, Args, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { ApiKeyType } from '../api-keys/index.ts';
import { PerformsAction } from '../api/action.ts';
import type { ApiContext } from '../api/context.ts';
import { PageArgs, type Page } from '../api/page.ts';
import { toPayload } from '../api/payload.ts';
import { batchUsers, UserType } from '../identity/index.ts';
import { McpServerType } from '../mcp-servers/index.ts';
import { OrganizationType } from '../organizations/index.ts';
import { WorkspaceType } from '../workspaces/index.ts';
import { LockdownCreateInput, LockdownUpdateInput } from './lockdown.input.ts';
import { LockdownCreatePayload, LockdownDeletePayload, LockdownUpdatePayload } from './lockdown.payload.ts';
import { isLockedDown, listLockdowns, readLockdown, readLockdownBySubject } from './lockdown-queries.ts';
import type { LockdownService } from './lockdown-service.ts';
import { LockdownConnection, LockdownType, toLockdownType } from './lockdown.type.ts';

const EXPECTED_VERSION = 'The version that was read; another one answers STALE_VERSION and changes nothing.';
const WRITERS = 'For owners and administrators of the organization.';
const STOPPED = 'Whether it is stopped everywhere by a lockdown, so that every call is refused that concerns it. For whoever sees it.';
const BADGE = 'Set while it is stopped everywhere; null otherwise, and for callers who may not see lockdowns.';

@Resolver(() => LockdownType)
export class LockdownResolver {
  readonly #service: LockdownService;

  constructor(service: LockdownService) {
    this.#service = service;
  }

  @PerformsAction('lockdown.read')
  @Query(() => LockdownType, { nullable: true, description: 'A lockdown by id; null where there is none that the caller sees.' })
  lockdown(
    @Arg('id', () => ID, { description: 'The id that the object has.' }) id: string,
    @Ctx() context: ApiContext,
  ): Promise<LockdownType | null> {
    return readLockdown(id, context);
  }

  @PerformsAction('lockdown.read')
  @Query(() => LockdownType, {
    nullable: true,
    description: 'A lockdown by its natural key, for import; null where there is none that the caller sees.',
  })
  lockdownBySubject(
    @Arg('subjectId', () => ID, { description: 'The id of the server, workspace, person or key.' }) subjectId: string,
    @Ctx() context: ApiContext,
  ): Promise<LockdownType | null> {
    return readLockdownBySubject(subjectId, context);
  }

  @PerformsAction('lockdown.write')
  @Mutation(() => LockdownCreatePayload, {
    description: `Stops a server, a workspace, a person or a key everywhere: from the revision in the answer on, no gateway serves it, and this API does not either. ${WRITERS} TAKEN: it is under lockdown already. INVALID: an owner, for whoever is none; the last owner who can sign in.`,
  })
  async lockdownCreate(
    @Arg('input', () => LockdownCreateInput, { description: 'What is stopped.' }) input: LockdownCreateInput,
    @Arg('idempotencyKey', () => String, {
      nullable: true,
      description: 'Makes a retry safe for 24 hours: the same key and input get the first answer. At most 255 characters.',
    })
    idempotencyKey: string | undefined,
    @Ctx() { access }: ApiContext,
  ): Promise<LockdownCreatePayload> {
    return toPayload('lockdown', await this.#service.create(access, input, idempotencyKey), toLockdownType);
  }

  @PerformsAction('lockdown.write')
  @Mutation(() => LockdownUpdatePayload, { description: `Changes what a lockdown says of itself. ${WRITERS}` })
  async lockdownUpdate(
    @Arg('id', () => ID, { description: 'The lockdown.' }) id: string,
    @Arg('input', () => LockdownUpdateInput, { description: 'What changes.' }) input: LockdownUpdateInput,
    @Arg('expectedVersion', () => Int, { nullable: true, description: EXPECTED_VERSION }) expectedVersion: number | undefined,
    @Ctx() { access }: ApiContext,
  ): Promise<LockdownUpdatePayload> {
    return toPayload('lockdown', await this.#service.update(access, id, input, expectedVersion), toLockdownType);
  }

  @PerformsAction('lockdown.write')
  @Mutation(() => LockdownDeletePayload, {
    description: `Ends a lockdown: what was stopped works as before, from the revision in the answer on. ${WRITERS} Deleting what is gone succeeds.`,
  })
  async lockdownDelete(
    @Arg('id', () => ID, { description: 'The lockdown.' }) id: string,
    @Arg('expectedVersion', () => Int, { nullable: true, description: EXPECTED_VERSION }) expectedVersion: number | undefined,
    @Ctx() { access }: ApiContext,
  ): Promise<LockdownDeletePayload> {
    return toPayload('deletedId', await this.#service.delete(access, id, expectedVersion), (deleted) => deleted);
  }

  @FieldResolver(() => UserType, { nullable: true, description: 'Who began it; null where it was no person, or one who is gone.' })
  createdBy(@Root() { createdById }: LockdownType, @Ctx() { loaders }: ApiContext): Promise<UserType | null> {
    return createdById === null ? Promise.resolve(null) : loaders.load(batchUsers, createdById);
  }
}

@Resolver(() => OrganizationType)
export class OrganizationLockdownsResolver {
  @FieldResolver(() => LockdownConnection, {
    description: 'What is stopped everywhere, oldest first. For owners, administrators and auditors; empty for others.',
  })
  lockdowns(
    @Root() organization: OrganizationType,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: ApiContext,
  ): Promise<Page<LockdownType>> {
    return listLockdowns(organization.id, args, context);
  }
}

@Resolver(() => McpServerType)
export class McpServerLockdownResolver {
  @FieldResolver(() => LockdownType, { nullable: true, description: BADGE })
  lockdown(@Root() { id }: McpServerType, @Ctx() context: ApiContext): Promise<LockdownType | null> {
    return readLockdownBySubject(id, context);
  }

  @FieldResolver(() => Boolean, { description: STOPPED })
  isLockedDown(@Root() { id }: McpServerType, @Ctx() context: ApiContext): Promise<boolean> {
    return isLockedDown(id, context);
  }
}

@Resolver(() => WorkspaceType)
export class WorkspaceLockdownResolver {
  @FieldResolver(() => LockdownType, { nullable: true, description: BADGE })
  lockdown(@Root() { id }: WorkspaceType, @Ctx() context: ApiContext): Promise<LockdownType | null> {
    return readLockdownBySubject(id, context);
  }

  @FieldResolver(() => Boolean, { description: STOPPED })
  isLockedDown(@Root() { id }: WorkspaceType, @Ctx() context: ApiContext): Promise<boolean> {
    return isLockedDown(id, context);
  }
}

@Resolver(() => UserType)
export class UserLockdownResolver {
  @FieldResolver(() => LockdownType, { nullable: true, description: BADGE })
  lockdown(@Root() { id }: UserType, @Ctx() context: ApiContext): Promise<LockdownType | null> {
    return readLockdownBySubject(id, context);
  }
}

@Resolver(() => ApiKeyType)
export class ApiKeyLockdownResolver {
  @FieldResolver(() => LockdownType, { nullable: true, description: BADGE })
  lockdown(@Root() { id }: ApiKeyType, @Ctx() context: ApiContext): Promise<LockdownType | null> {
    return readLockdownBySubject(id, context);
  }

  @FieldResolver(() => Boolean, { description: STOPPED })
  isLockedDown(@Root() { id }: ApiKeyType, @Ctx() context: ApiContext): Promise<boolean> {
    return isLockedDown(id, context);
  }
}
