import { Arg, Args, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { PerformsAction } from '../api/action.ts';
import type { ApiContext } from '../api/context.ts';
import { PageArgs, type Page } from '../api/page.ts';
import { toPayload } from '../api/payload.ts';
import { OrganizationType } from '../organizations/index.ts';
import { listTrustedIssuers, readTrustedIssuer, readTrustedIssuerByIssuer } from './trusted-issuer-queries.ts';
import { MAX_TRUSTED_ISSUERS } from './trusted-issuer-rules.ts';
import type { TrustedIssuerService } from './trusted-issuer-service.ts';
import { TrustedIssuerCreateInput, TrustedIssuerUpdateInput } from './trusted-issuer.input.ts';
import { TrustedIssuerCreatePayload, TrustedIssuerDeletePayload, TrustedIssuerUpdatePayload } from './trusted-issuer.payload.ts';
import { toTrustedIssuerType, TrustedIssuerConnection, TrustedIssuerType } from './trusted-issuer.type.ts';

const EXPECTED_VERSION = 'The version that was read; another one answers STALE_VERSION and changes nothing.';
const WRITERS = 'For owners and administrators of the organization.';

@Resolver(() => TrustedIssuerType)
export class TrustedIssuerResolver {
  readonly #service: TrustedIssuerService;

  constructor(service: TrustedIssuerService) {
    this.#service = service;
  }

  @PerformsAction('trusted_issuer.read')
  @Query(() => TrustedIssuerType, { nullable: true, description: 'A trusted issuer by id; null where there is none that the caller sees.' })
  trustedIssuer(
    @Arg('id', () => ID, { description: 'The id that the object has.' }) id: string,
    @Ctx() context: ApiContext,
  ): Promise<TrustedIssuerType | null> {
    return readTrustedIssuer(id, context);
  }

  @PerformsAction('trusted_issuer.read')
  @Query(() => TrustedIssuerType, {
    nullable: true,
    description: 'A trusted issuer by its natural key, for import; null where there is none that the caller sees.',
  })
  trustedIssuerByIssuer(
    @Arg('organizationId', () => ID, { description: 'The organization.' }) organizationId: string,
    @Arg('issuer', () => String, { description: 'The issuer, exactly.' }) issuer: string,
    @Ctx() context: ApiContext,
  ): Promise<TrustedIssuerType | null> {
    return readTrustedIssuerByIssuer(organizationId, issuer, context);
  }

  @PerformsAction('trusted_issuer.write')
  @Mutation(() => TrustedIssuerCreatePayload, {
    description: `Lets people in with tokens of an identity provider, from the revision in the answer on. ${WRITERS} Its keys are read at once. TAKEN: the organization trusts it already. UNREACHABLE: its keys cannot be read. LIMIT_REACHED: more than ${MAX_TRUSTED_ISSUERS}.`,
  })
  async trustedIssuerCreate(
    @Arg('input', () => TrustedIssuerCreateInput, { description: 'Whose tokens, and which of them.' }) input: TrustedIssuerCreateInput,
    @Arg('idempotencyKey', () => String, {
      nullable: true,
      description: 'Makes a retry safe for 24 hours: the same key and input get the first answer. At most 255 characters.',
    })
    idempotencyKey: string | undefined,
    @Ctx() { access }: ApiContext,
  ): Promise<TrustedIssuerCreatePayload> {
    return toPayload('trustedIssuer', await this.#service.create(access, input, idempotencyKey), toTrustedIssuerType);
  }

  @PerformsAction('trusted_issuer.write')
  @Mutation(() => TrustedIssuerUpdatePayload, {
    description: `Changes which tokens are accepted. ${WRITERS} UNREACHABLE: the keys cannot be read at the URL that was given.`,
  })
  async trustedIssuerUpdate(
    @Arg('id', () => ID, { description: 'The trusted issuer.' }) id: string,
    @Arg('input', () => TrustedIssuerUpdateInput, { description: 'What changes.' }) input: TrustedIssuerUpdateInput,
    @Arg('expectedVersion', () => Int, { nullable: true, description: EXPECTED_VERSION }) expectedVersion: number | undefined,
    @Ctx() { access }: ApiContext,
  ): Promise<TrustedIssuerUpdatePayload> {
    return toPayload('trustedIssuer', await this.#service.update(access, id, input, expectedVersion), toTrustedIssuerType);
  }

  @PerformsAction('trusted_issuer.write')
  @Mutation(() => TrustedIssuerDeletePayload, {
    description: `Trusts an issuer no longer; its tokens are refused from the revision in the answer on. ${WRITERS} Deleting what is gone succeeds.`,
  })
  async trustedIssuerDelete(
    @Arg('id', () => ID, { description: 'The trusted issuer.' }) id: string,
    @Arg('expectedVersion', () => Int, { nullable: true, description: EXPECTED_VERSION }) expectedVersion: number | undefined,
    @Ctx() { access }: ApiContext,
  ): Promise<TrustedIssuerDeletePayload> {
    return toPayload('deletedId', await this.#service.delete(access, id, expectedVersion), (deleted) => deleted);
  }
}

@Resolver(() => OrganizationType)
export class OrganizationTrustedIssuersResolver {
  @FieldResolver(() => TrustedIssuerConnection, {
    description: 'Identity providers whose tokens it accepts, oldest first, for owners, administrators and auditors; for others none.',
  })
  trustedIssuers(
    @Root() organization: OrganizationType,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: ApiContext,
  ): Promise<Page<TrustedIssuerType>> {
    return listTrustedIssuers(organization.id, args, context);
  }
}
