import { Arg, Args, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { PerformsAction } from '../api/action.ts';
import type { ApiContext } from '../api/context.ts';
import { PageArgs, type Page } from '../api/page.ts';
import { toPayload } from '../api/payload.ts';
import { OrganizationType } from '../organizations/index.ts';
import { listIdentityProviders, readIdentityProvider, readIdentityProviderByIssuer } from './identity-provider-queries.ts';
import { MAX_IDENTITY_PROVIDERS } from './identity-provider-rules.ts';
import type { IdentityProviderService } from './identity-provider-service.ts';
import { IdentityProviderCreateInput, IdentityProviderUpdateInput } from './identity-provider.input.ts';
import {
  IdentityProviderCreatePayload,
  IdentityProviderDeletePayload,
  IdentityProviderUpdatePayload,
} from './identity-provider.payload.ts';
import { toIdentityProviderType, IdentityProviderConnection, IdentityProviderType } from './identity-provider.type.ts';
import { toRedirectUri } from './provider-routes.ts';

const EXPECTED_VERSION = 'The version that was read; another one answers STALE_VERSION and changes nothing.';
const WRITERS = 'For owners of the organization: whoever runs a provider can be anybody in it.';

@Resolver(() => IdentityProviderType)
export class IdentityProviderResolver {
  readonly #service: IdentityProviderService;

  constructor(service: IdentityProviderService) {
    this.#service = service;
  }

  @PerformsAction('identity_provider.read')
  @Query(() => IdentityProviderType, {
    nullable: true,
    description: 'An identity provider by id; null where there is none that the caller sees.',
  })
  identityProvider(
    @Arg('id', () => ID, { description: 'The id that the object has.' }) id: string,
    @Ctx() context: ApiContext,
  ): Promise<IdentityProviderType | null> {
    return readIdentityProvider(id, context);
  }

  @PerformsAction('identity_provider.read')
  @Query(() => IdentityProviderType, {
    nullable: true,
    description: 'An identity provider by its natural key, for import; null where there is none that the caller sees.',
  })
  identityProviderByIssuer(
    @Arg('organizationId', () => ID, { description: 'The organization.' }) organizationId: string,
    @Arg('issuer', () => String, { description: 'The issuer, exactly.' }) issuer: string,
    @Ctx() context: ApiContext,
  ): Promise<IdentityProviderType | null> {
    return readIdentityProviderByIssuer(organizationId, issuer, context);
  }

  @PerformsAction('identity_provider.write')
  @Mutation(() => IdentityProviderCreatePayload, {
    description: `Lets people of an organization sign in by its identity provider. ${WRITERS} TAKEN: the organization has this issuer already. UNREACHABLE: its metadata cannot be read. LIMIT_REACHED: more than ${MAX_IDENTITY_PROVIDERS}.`,
  })
  async identityProviderCreate(
    @Arg('input', () => IdentityProviderCreateInput, { description: 'The provider, and whom it lets in.' })
    input: IdentityProviderCreateInput,
    @Arg('idempotencyKey', () => String, {
      nullable: true,
      description: 'Makes a retry safe for 24 hours: the same key and input get the first answer. At most 255 characters.',
    })
    idempotencyKey: string | undefined,
    @Ctx() { access }: ApiContext,
  ): Promise<IdentityProviderCreatePayload> {
    return toPayload('identityProvider', await this.#service.create(access, input, idempotencyKey), toIdentityProviderType);
  }

  @PerformsAction('identity_provider.write')
  @Mutation(() => IdentityProviderUpdatePayload, {
    description: `Changes an identity provider. ${WRITERS}`,
  })
  async identityProviderUpdate(
    @Arg('id', () => ID, { description: 'The identity provider.' }) id: string,
    @Arg('input', () => IdentityProviderUpdateInput, { description: 'What changes.' }) input: IdentityProviderUpdateInput,
    @Arg('expectedVersion', () => Int, { nullable: true, description: EXPECTED_VERSION }) expectedVersion: number | undefined,
    @Ctx() { access }: ApiContext,
  ): Promise<IdentityProviderUpdatePayload> {
    return toPayload('identityProvider', await this.#service.update(access, id, input, expectedVersion), toIdentityProviderType);
  }

  @PerformsAction('identity_provider.write')
  @Mutation(() => IdentityProviderDeletePayload, {
    description: `Deletes an identity provider. Sessions that began by it go on until they end; who is known by it is forgotten. ${WRITERS} Deleting what is gone succeeds.`,
  })
  async identityProviderDelete(
    @Arg('id', () => ID, { description: 'The identity provider.' }) id: string,
    @Arg('expectedVersion', () => Int, { nullable: true, description: EXPECTED_VERSION }) expectedVersion: number | undefined,
    @Ctx() { access }: ApiContext,
  ): Promise<IdentityProviderDeletePayload> {
    return toPayload('deletedId', await this.#service.delete(access, id, expectedVersion), (deleted) => deleted);
  }
}

@Resolver(() => OrganizationType)
export class OrganizationIdentityProvidersResolver {
  readonly #controlPlaneUrl: string;

  constructor(controlPlaneUrl: string) {
    this.#controlPlaneUrl = controlPlaneUrl;
  }

  @FieldResolver(() => String, {
    description:
      'The redirect URI that Sluice has at every identity provider: register it there first. Below the public URL of the control plane (SLUICE_CONTROL_PLANE_URL).',
  })
  signInRedirectUri(): string {
    return toRedirectUri(this.#controlPlaneUrl);
  }

  @FieldResolver(() => IdentityProviderConnection, {
    description: 'Identity providers by which its people sign in, oldest first, for owners, administrators and auditors; for others none.',
  })
  identityProviders(
    @Root() organization: OrganizationType,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: ApiContext,
  ): Promise<Page<IdentityProviderType>> {
    return listIdentityProviders(organization.id, args, context);
  }
}
