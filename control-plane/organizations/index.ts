export { OrganizationEntity, type Organization } from './organization.entity.ts';
