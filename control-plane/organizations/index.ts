export { OrganizationEntity, type Organization } from './organization.entity.ts';
export { batchOrganizations, readOrganization } from './organization-queries.ts';
export { OrganizationPeopleResolver, UserOrganizationResolver } from './organization-people.resolver.ts';
export { OrganizationResolver } from './organization.resolver.ts';
export { OrganizationService } from './organization-service.ts';
export { OrganizationType } from './organization.type.ts';
