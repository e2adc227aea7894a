import { OrganizationEntity } from './organizations/organization.entity.ts';

export const entities = [OrganizationEntity];
