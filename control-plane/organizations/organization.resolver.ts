import { Arg, Args, Ctx, ID, Int, Mutation, Query, Resolver } from 'type-graphql';
import { PerformsAction } from '../api/action.ts';
import type { ApiContext } from '../api/context.ts';
import { PageArgs, type Page } from '../api/page.ts';
import { toPayload } from '../api/payload.ts';
import { OrganizationCreateInput, OrganizationUpdateInput } from './organization.input.ts';
import { OrganizationCreatePayload, OrganizationDeletePayload, OrganizationUpdatePayload } from './organization.payload.ts';
import { listOrganizations, readOrganization, readOrganizationBySlug } from './organization-queries.ts';
import type { OrganizationService } from './organization-service.ts';
import { OrganizationConnection, OrganizationType, toOrganizationType } from './organization.type.ts';

@Resolver(() => OrganizationType)
export class OrganizationResolver {
  readonly #service: OrganizationService;

  constructor(service: OrganizationService) {
    this.#service = service;
  }

  @PerformsAction('organization.read')
  @Query(() => OrganizationType, { nullable: true, description: 'An organization by id; null where there is none that the caller sees.' })
  organization(
    @Arg('id', () => ID, { description: 'The id that the object has.' }) id: string,
    @Ctx() context: ApiContext,
  ): Promise<OrganizationType | null> {
    return readOrganization(id, context);
  }

  @PerformsAction('organization.read')
  @Query(() => OrganizationType, {
    nullable: true,
    description: 'An organization by its natural key, for import; null where there is none that the caller sees.',
  })
  organizationBySlug(
    @Arg('slug', () => String, { description: 'The slug that it was created with.' }) slug: string,
    @Ctx() context: ApiContext,
  ): Promise<OrganizationType | null> {
    return readOrganizationBySlug(slug, context);
  }

  @PerformsAction('organization.read')
  @Query(() => OrganizationConnection, { description: 'The organizations that the caller sees, oldest first.' })
  organizations(@Args(() => PageArgs) args: PageArgs, @Ctx() context: ApiContext): Promise<Page<OrganizationType>> {
    return listOrganizations(args, context);
  }

  @PerformsAction('organization.create')
  @Mutation(() => OrganizationCreatePayload, {
    description: 'Creates an organization. For the instance administrator only. TAKEN: another organization has the slug.',
  })
  async organizationCreate(
    @Arg('input', () => OrganizationCreateInput, { description: 'The new organization.' }) input: OrganizationCreateInput,
    @Arg('idempotencyKey', () => String, {
      nullable: true,
      description: 'Makes a retry safe for 24 hours: the same key and input get the first answer. At most 255 characters.',
    })
    idempotencyKey: string | undefined,
    @Ctx() { access }: ApiContext,
  ): Promise<OrganizationCreatePayload> {
    return toPayload('organization', await this.#service.create(access, input, idempotencyKey), toOrganizationType);
  }

  @PerformsAction('organization.update')
  @Mutation(() => OrganizationUpdatePayload, { description: 'Changes an organization. For its owners and administrators.' })
  async organizationUpdate(
    @Arg('id', () => ID, { description: 'The organization.' }) id: string,
    @Arg('input', () => OrganizationUpdateInput, { description: 'What changes.' }) input: OrganizationUpdateInput,
    @Arg('expectedVersion', () => Int, {
      nullable: true,
      description: 'The version that was read; another one answers STALE_VERSION and changes nothing.',
    })
    expectedVersion: number | undefined,
    @Ctx() { access }: ApiContext,
  ): Promise<OrganizationUpdatePayload> {
    return toPayload('organization', await this.#service.update(access, id, input, expectedVersion), toOrganizationType);
  }

  @PerformsAction('organization.delete')
  @Mutation(() => OrganizationDeletePayload, {
    description:
      'Deletes an organization with its people and their keys. For its owners. HAS_DEPENDENTS while it has workspaces or MCP servers. Deleting what is gone succeeds.',
  })
  async organizationDelete(
    @Arg('id', () => ID, { description: 'The organization.' }) id: string,
    @Arg('expectedVersion', () => Int, {
      nullable: true,
      description: 'The version that was read; another one answers STALE_VERSION and changes nothing.',
    })
    expectedVersion: number | undefined,
    @Ctx() { access }: ApiContext,
  ): Promise<OrganizationDeletePayload> {
    return toPayload('deletedId', await this.#service.delete(access, id, expectedVersion), (deleted) => deleted);
  }
}
