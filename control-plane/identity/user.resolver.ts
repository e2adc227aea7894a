import { Arg, Ctx, ID, Int, Mutation, Query, Resolver } from 'type-graphql';
import { PerformsAction } from '../api/action.ts';
import type { ApiContext } from '../api/context.ts';
import { toPayload } from '../api/payload.ts';
import { UserCreateInput, UserUpdateInput } from './user.input.ts';
import { UserCreatePayload, UserDeletePayload, UserDisablePayload, UserEnablePayload, UserUpdatePayload } from './user.payload.ts';
import { readUser, readUserByEmail } from './user-queries.ts';
import type { UserService } from './user-service.ts';
import { toUserType, UserType } from './user.type.ts';

const EXPECTED_VERSION = 'The version that was read; another one answers STALE_VERSION and changes nothing.';

@Resolver(() => UserType)
export class UserResolver {
  readonly #service: UserService;

  constructor(service: UserService) {
    this.#service = service;
  }

  @PerformsAction('user.read')
  @Query(() => UserType, { nullable: true, description: 'A person by id; null where there is none that the caller sees.' })
  user(
    @Arg('id', () => ID, { description: 'The id that the person has.' }) id: string,
    @Ctx() context: ApiContext,
  ): Promise<UserType | null> {
    return readUser(id, context);
  }

  @PerformsAction('user.read')
  @Query(() => UserType, {
    nullable: true,
    description: 'A person by their natural key, for import; null where there is none that the caller sees.',
  })
  userByEmail(
    @Arg('organizationId', () => ID, { description: 'The organization they belong to.' }) organizationId: string,
    @Arg('email', () => String, { description: 'Their e-mail address, in any case of letters.' }) email: string,
    @Ctx() context: ApiContext,
  ): Promise<UserType | null> {
    return readUserByEmail(organizationId, email, context);
  }

  @PerformsAction('user.write')
  @Mutation(() => UserCreatePayload, {
    description: 'Adds a person to an organization. For its owners and administrators. TAKEN: somebody there has the e-mail address.',
  })
  async userCreate(
    @Arg('input', () => UserCreateInput, { description: 'The new person.' }) input: UserCreateInput,
    @Arg('idempotencyKey', () => String, {
      nullable: true,
      description: 'Makes a retry safe for 24 hours: the same key and input get the first answer. At most 255 characters.',
    })
    idempotencyKey: string | undefined,
    @Ctx() { access }: ApiContext,
  ): Promise<UserCreatePayload> {
    return toPayload('user', await this.#service.create(access, input, idempotencyKey), toUserType);
  }

  @PerformsAction('user.write')
  @Mutation(() => UserUpdatePayload, {
    description: 'Changes a person. For owners and administrators of their organization. INVALID: the last owner would be gone.',
  })
  async userUpdate(
    @Arg('id', () => ID, { description: 'The person.' }) id: string,
    @Arg('input', () => UserUpdateInput, { description: 'What changes.' }) input: UserUpdateInput,
    @Arg('expectedVersion', () => Int, { nullable: true, description: EXPECTED_VERSION }) expectedVersion: number | undefined,
    @Ctx() { access }: ApiContext,
  ): Promise<UserUpdatePayload> {
    return toPayload('user', await this.#service.update(access, id, input, expectedVersion), toUserType);
  }

  @PerformsAction('user.write')
  @Mutation(() => UserEnablePayload, { description: 'Lets a person in again; their keys work with the revision in the answer.' })
  async userEnable(
    @Arg('id', () => ID, { description: 'The person.' }) id: string,
    @Arg('expectedVersion', () => Int, { nullable: true, description: EXPECTED_VERSION }) expectedVersion: number | undefined,
    @Ctx() { access }: ApiContext,
  ): Promise<UserEnablePayload> {
    return toPayload('user', await this.#service.setEnabled(access, id, true, expectedVersion), toUserType);
  }

  @PerformsAction('user.write')
  @Mutation(() => UserDisablePayload, {
    description: 'Locks a person out; their keys stop working with the revision in the answer. INVALID: the last owner who is enabled.',
  })
  async userDisable(
    @Arg('id', () => ID, { description: 'The person.' }) id: string,
    @Arg('expectedVersion', () => Int, { nullable: true, description: EXPECTED_VERSION }) expectedVersion: number | undefined,
    @Ctx() { access }: ApiContext,
  ): Promise<UserDisablePayload> {
    return toPayload('user', await this.#service.setEnabled(access, id, false, expectedVersion), toUserType);
  }

  @PerformsAction('user.write')
  @Mutation(() => UserDeletePayload, {
    description:
      'Deletes a person with their memberships, keys and stored credentials. INVALID: the last owner who is enabled. Deleting who is gone succeeds.',
  })
  async userDelete(
    @Arg('id', () => ID, { description: 'The person.' }) id: string,
    @Arg('expectedVersion', () => Int, { nullable: true, description: EXPECTED_VERSION }) expectedVersion: number | undefined,
    @Ctx() { access }: ApiContext,
  ): Promise<UserDeletePayload> {
    return toPayload('deletedId', await this.#service.delete(access, id, expectedVersion), (deleted) => deleted);
  }
}
