import { defineEntity, p, type InferEntity } from '@mikro-orm/postgresql';

/** A customer of the hub: owns servers, workspaces and people. */
export const OrganizationEntity = defineEntity({
  name: 'Organization',
  tableName: 'organizations',
  properties: {
    id: p.string().primary(),
    slug: p.string(),
    name: p.string(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
    version: p.integer().version(),
  },
});

export type Organization = InferEntity<typeof OrganizationEntity>;
