import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { ApiContext } from '../api/context.ts';
import { SearchPageArgs, type Page } from '../api/page.ts';
import { listUsers, UserConnection, UserType } from '../identity/index.ts';
import { batchOrganizations } from './organization-queries.ts';
import { OrganizationType } from './organization.type.ts';

@Resolver(() => OrganizationType)
export class OrganizationPeopleResolver {
  @FieldResolver(() => UserConnection, {
    description: 'Its people, oldest first: all of them for those who oversee it or manage a workspace of it; for others only themselves.',
  })
  users(
    @Root() organization: OrganizationType,
    @Args(() => SearchPageArgs) args: SearchPageArgs,
    @Ctx() context: ApiContext,
  ): Promise<Page<UserType>> {
    return listUsers(organization.id, args, context);
  }
}

@Resolver(() => UserType)
export class UserOrganizationResolver {
  @FieldResolver(() => OrganizationType, { description: 'The organization they belong to.' })
  organization(@Root() user: UserType, @Ctx() { loaders }: ApiContext): Promise<OrganizationType> {
    return loaders.loadExisting(batchOrganizations, user.organizationId);
  }
}
