import { defineEntity, p, type InferEntity } from '@mikro-orm/postgresql';
import type { OrganizationRole } from '../authorization/index.ts';

/** A person of one organization. */
export const UserEntity = defineEntity({
  name: 'User',
  tableName: 'users',
  properties: {
    id: p.string().primary(),
    organizationId: p.string(),
    email: p.string(),
    /** The address in the form that makes it unique in the organization: lowercase. */
    emailKey: p.string(),
    name: p.string(),
    role: p.string().$type<OrganizationRole>(),
    enabled: p.boolean(),
    /** As the identity provider named them when the person last signed in. */
    groups: p.array(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
    version: p.integer().version(),
  },
});

export type User = InferEntity<typeof UserEntity>;
