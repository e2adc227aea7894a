import { Arg, Args, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { PerformsAction } from '../api/action.ts';
import type { ApiContext } from '../api/context.ts';
import { PageArgs, type Page } from '../api/page.ts';
import { toPayload } from '../api/payload.ts';
import { batchUsers, UserType } from '../identity/index.ts';
import { OrganizationType } from '../organizations/index.ts';
import { batchWorkspaces, WorkspaceType } from '../workspaces/index.ts';
import { ApiKeyFilter } from './api-key-filter.input.ts';
import { ApiKeyCreateInput, ApiKeyUpdateInput } from './api-key.input.ts';
import { ApiKeyCreatePayload, ApiKeyDeletePayload, ApiKeyRevokePayload, ApiKeyUpdatePayload } from './api-key.payload.ts';
import { listOrganizationApiKeys, listUserApiKeys, listWorkspaceApiKeys, readApiKey } from './api-key-queries.ts';
import type { ApiKeyService } from './api-key-service.ts';
import { ApiKeyConnection, ApiKeyType, toApiKeyType } from './api-key.type.ts';

const EXPECTED_VERSION = 'The version that was read; another one answers STALE_VERSION and changes nothing.';

@Resolver(() => ApiKeyType)
export class ApiKeyResolver {
  readonly #service: ApiKeyService;

  constructor(service: ApiKeyService) {
    this.#service = service;
  }

  @PerformsAction('api_key.read')
  @Query(() => ApiKeyType, { nullable: true, description: 'An API key by id; null where there is none that the caller sees.' })
  apiKey(
    @Arg('id', () => ID, { description: 'The id that the object has.' }) id: string,
    @Ctx() context: ApiContext,
  ): Promise<ApiKeyType | null> {
    return readApiKey(id, context);
  }

  @PerformsAction('api_key.create_own')
  @Mutation(() => ApiKeyCreatePayload, {
    description:
      'Makes an API key: people for themselves; managers and administrators for a workspace; the instance administrator for anybody.',
  })
  async apiKeyCreate(
    @Arg('input', () => ApiKeyCreateInput, { description: 'The new key.' }) input: ApiKeyCreateInput,
    @Arg('idempotencyKey', () => String, {
      nullable: true,
      description: 'Makes a retry safe for 24 hours: the same key and input get the first answer. At most 255 characters.',
    })
    idempotencyKey: string | undefined,
    @Ctx() { access }: ApiContext,
  ): Promise<ApiKeyCreatePayload> {
    const result = await this.#service.create(access, input, idempotencyKey);
    return { ...toPayload('apiKey', result, ({ row }) => toApiKeyType(row)), plainKey: result.ok ? result.value.value.plain : null };
  }

  @PerformsAction('api_key.write')
  @Mutation(() => ApiKeyUpdatePayload, {
    description:
      'Changes the name or expiry of a key. For its person, managers of its workspace, and owners and administrators of the organization.',
  })
  async apiKeyUpdate(
    @Arg('id', () => ID, { description: 'The key.' }) id: string,
    @Arg('input', () => ApiKeyUpdateInput, { description: 'What changes.' }) input: ApiKeyUpdateInput,
    @Arg('expectedVersion', () => Int, { nullable: true, description: EXPECTED_VERSION }) expectedVersion: number | undefined,
    @Ctx() { access }: ApiContext,
  ): Promise<ApiKeyUpdatePayload> {
    return toPayload('apiKey', await this.#service.update(access, id, input, expectedVersion), toApiKeyType);
  }

  @PerformsAction('api_key.write')
  @Mutation(() => ApiKeyRevokePayload, {
    description: 'Revokes a key for good; it stops working with the revision in the answer. Revoking twice changes nothing.',
  })
  async apiKeyRevoke(
    @Arg('id', () => ID, { description: 'The key.' }) id: string,
    @Arg('expectedVersion', () => Int, { nullable: true, description: EXPECTED_VERSION }) expectedVersion: number | undefined,
    @Ctx() { access }: ApiContext,
  ): Promise<ApiKeyRevokePayload> {
    return toPayload('apiKey', await this.#service.revoke(access, id, expectedVersion), toApiKeyType);
  }

  @PerformsAction('api_key.write')
  @Mutation(() => ApiKeyDeletePayload, {
    description: 'Deletes a key; it stops working with the revision in the answer. Deleting what is gone succeeds.',
  })
  async apiKeyDelete(
    @Arg('id', () => ID, { description: 'The key.' }) id: string,
    @Arg('expectedVersion', () => Int, { nullable: true, description: EXPECTED_VERSION }) expectedVersion: number | undefined,
    @Ctx() { access }: ApiContext,
  ): Promise<ApiKeyDeletePayload> {
    return toPayload('deletedId', await this.#service.delete(access, id, expectedVersion), (deleted) => deleted);
  }

  @FieldResolver(() => UserType, { nullable: true, description: 'The person a USER key stands for; null on a service key.' })
  user(@Root() key: ApiKeyType, @Ctx() { loaders }: ApiContext): Promise<UserType | null> {
    return key.userId === null ? Promise.resolve(null) : loaders.load(batchUsers, key.userId);
  }

  @FieldResolver(() => WorkspaceType, { nullable: true, description: 'The workspace it is for; null where it is good for this API only.' })
  workspace(@Root() key: ApiKeyType, @Ctx() { loaders }: ApiContext): Promise<WorkspaceType | null> {
    return key.workspaceId === null ? Promise.resolve(null) : loaders.load(batchWorkspaces, key.workspaceId);
  }
}

@Resolver(() => WorkspaceType)
export class WorkspaceApiKeysResolver {
  @FieldResolver(() => ApiKeyConnection, {
    description:
      'Its keys that the caller sees, oldest first: all of them for managers and those who oversee the organization, else their own.',
  })
  apiKeys(@Root() workspace: WorkspaceType, @Args(() => PageArgs) args: PageArgs, @Ctx() context: ApiContext): Promise<Page<ApiKeyType>> {
    return listWorkspaceApiKeys(workspace, args, context);
  }
}

@Resolver(() => OrganizationType)
export class OrganizationApiKeysResolver {
  @FieldResolver(() => ApiKeyConnection, {
    description:
      'Its keys that the caller sees, oldest first: all of them for those who oversee it, those for their workspaces for managers, and their own for everybody.',
  })
  apiKeys(
    @Root() organization: OrganizationType,
    @Args(() => PageArgs) args: PageArgs,
    @Arg('filter', () => ApiKeyFilter, { nullable: true, description: 'Which are meant; absent: all of them.' })
    filter: ApiKeyFilter | undefined,
    @Ctx() context: ApiContext,
  ): Promise<Page<ApiKeyType>> {
    return listOrganizationApiKeys(organization.id, filter ?? {}, args, context);
  }
}

@Resolver(() => UserType)
export class UserApiKeysResolver {
  @FieldResolver(() => ApiKeyConnection, {
    description: 'Their keys, oldest first, for themselves and those who oversee the organization.',
  })
  apiKeys(@Root() user: UserType, @Args(() => PageArgs) args: PageArgs, @Ctx() context: ApiContext): Promise<Page<ApiKeyType>> {
    return listUserApiKeys(user, args, context);
  }
}
