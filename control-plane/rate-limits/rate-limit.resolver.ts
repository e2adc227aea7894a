import { Arg, Args, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { MAX_LIMITS } from '../../contract/rate-limit.ts';
import { PerformsAction } from '../api/action.ts';
import type { ApiContext } from '../api/context.ts';
import { PageArgs, type Page } from '../api/page.ts';
import { toPayload } from '../api/payload.ts';
import { OrganizationType } from '../organizations/index.ts';
import { RateLimitCreateInput, RateLimitUpdateInput } from './rate-limit.input.ts';
import { RateLimitCreatePayload, RateLimitDeletePayload, RateLimitUpdatePayload } from './rate-limit.payload.ts';
import { listRateLimits, readRateLimit, readRateLimitByName } from './rate-limit-queries.ts';
import type { RateLimitService } from './rate-limit-service.ts';
import { RateLimitConnection, RateLimitType, toRateLimitType } from './rate-limit.type.ts';

const EXPECTED_VERSION = 'The version that was read; another one answers STALE_VERSION and changes nothing.';
const WRITERS = 'For owners and administrators of the organization; a limit that names a workspace also for its managers.';

@Resolver(() => RateLimitType)
export class RateLimitResolver {
  readonly #service: RateLimitService;

  constructor(service: RateLimitService) {
    this.#service = service;
  }

  @PerformsAction('rate_limit.read')
  @Query(() => RateLimitType, { nullable: true, description: 'A limit by id; null where there is none that the caller sees.' })
  rateLimit(
    @Arg('id', () => ID, { description: 'The id that the object has.' }) id: string,
    @Ctx() context: ApiContext,
  ): Promise<RateLimitType | null> {
    return readRateLimit(id, context);
  }

  @PerformsAction('rate_limit.read')
  @Query(() => RateLimitType, {
    nullable: true,
    description: 'A limit by its natural key, for import; null where there is none that the caller sees.',
  })
  rateLimitByName(
    @Arg('organizationId', () => ID, { description: 'The organization.' }) organizationId: string,
    @Arg('name', () => String, { description: 'The name, exactly.' }) name: string,
    @Ctx() context: ApiContext,
  ): Promise<RateLimitType | null> {
    return readRateLimitByName(organizationId, name, context);
  }

  @PerformsAction('rate_limit.write')
  @Mutation(() => RateLimitCreatePayload, {
    description: `Bounds calls, from the revision in the answer on. ${WRITERS} TAKEN: the name is in use. LIMIT_REACHED: more than ${MAX_LIMITS} limits.`,
  })
  async rateLimitCreate(
    @Arg('input', () => RateLimitCreateInput, { description: 'What is bounded, and by how much.' }) input: RateLimitCreateInput,
    @Arg('idempotencyKey', () => String, {
      nullable: true,
      description: 'Makes a retry safe for 24 hours: the same key and input get the first answer. At most 255 characters.',
    })
    idempotencyKey: string | undefined,
    @Ctx() { access }: ApiContext,
  ): Promise<RateLimitCreatePayload> {
    return toPayload('rateLimit', await this.#service.create(access, input, idempotencyKey), toRateLimitType);
  }

  @PerformsAction('rate_limit.write')
  @Mutation(() => RateLimitUpdatePayload, { description: `Changes the bounds or the name of a limit. ${WRITERS}` })
  async rateLimitUpdate(
    @Arg('id', () => ID, { description: 'The limit.' }) id: string,
    @Arg('input', () => RateLimitUpdateInput, { description: 'What changes.' }) input: RateLimitUpdateInput,
    @Arg('expectedVersion', () => Int, { nullable: true, description: EXPECTED_VERSION }) expectedVersion: number | undefined,
    @Ctx() { access }: ApiContext,
  ): Promise<RateLimitUpdatePayload> {
    return toPayload('rateLimit', await this.#service.update(access, id, input, expectedVersion), toRateLimitType);
  }

  @PerformsAction('rate_limit.write')
  @Mutation(() => RateLimitDeletePayload, {
    description: `Deletes a limit; it binds no call from the revision in the answer on. ${WRITERS} Deleting what is gone succeeds.`,
  })
  async rateLimitDelete(
    @Arg('id', () => ID, { description: 'The limit.' }) id: string,
    @Arg('expectedVersion', () => Int, { nullable: true, description: EXPECTED_VERSION }) expectedVersion: number | undefined,
    @Ctx() { access }: ApiContext,
  ): Promise<RateLimitDeletePayload> {
    return toPayload('deletedId', await this.#service.delete(access, id, expectedVersion), (deleted) => deleted);
  }
}

@Resolver(() => OrganizationType)
export class OrganizationRateLimitsResolver {
  @FieldResolver(() => RateLimitConnection, {
    description:
      'Its limits, oldest first: all for owners, administrators and auditors; for managers those that name a workspace of theirs.',
  })
  rateLimits(
    @Root() organization: OrganizationType,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: ApiContext,
  ): Promise<Page<RateLimitType>> {
    return listRateLimits(organization.id, args, context);
  }
}
