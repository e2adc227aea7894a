import { defineEntity, p, type InferEntity } from '@mikro-orm/postgresql';
import type { CapabilityPolicy } from '../../contract/access-rule.ts';
import type { PayloadCapture, UserAccess } from '../../contract/snapshot.ts';

/** One server made available to one workspace. */
export const AccessGrantEntity = defineEntity({
  name: 'AccessGrant',
  tableName: 'access_grants',
  properties: {
    id: p.string().primary(),
    workspaceId: p.string(),
    mcpServerId: p.string(),
    enabled: p.boolean(),
    defaultUserAccess: p.string().$type<UserAccess>(),
    /** Null: as the server says. */
    payloadCapture: p.string().$type<PayloadCapture>().nullable(),
    newCapabilities: p.string().$type<CapabilityPolicy['newCapabilities']>(),
    pinsDefinitions: p.boolean(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
    version: p.integer().version(),
  },
});

export type AccessGrant = InferEntity<typeof AccessGrantEntity>;

/** One person's exception in a grant. */
export const UserOverrideEntity = defineEntity({
  name: 'UserOverride',
  tableName: 'access_grant_user_overrides',
  properties: {
    accessGrantId: p.string().primary(),
    userId: p.string().primary(),
    access: p.string().$type<UserAccess>(),
  },
});

export type UserOverride = InferEntity<typeof UserOverrideEntity>;
