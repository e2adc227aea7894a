import { defineEntity, p, type InferEntity } from '@mikro-orm/postgresql';
import type { CapabilityKind } from '../../contract/access-rule.ts';

/** Whether a capability can be used through a grant, before rules and people are looked at. */
export type GrantedCapabilityState = 'AVAILABLE' | 'DISABLED' | 'HELD' | 'CHANGED' | 'GONE';

/** A capability of a granted server with what the grant says about it: a row of a view, never written. */
export const GrantedCapabilityEntity = defineEntity({
  name: 'GrantedCapability',
  tableName: 'granted_capabilities',
  properties: {
    id: p.string().primary(),
    accessGrantId: p.string(),
    workspaceId: p.string(),
    capabilityId: p.string(),
    mcpServerId: p.string(),
    kind: p.string().$type<CapabilityKind>(),
    name: p.text(),
    title: p.text().nullable(),
    description: p.text().nullable(),
    definitionHash: p.string(),
    createdAt: p.datetime(),
    vanishedAt: p.datetime().nullable(),
    disabled: p.boolean(),
    exposedName: p.text().nullable(),
    exposedTitle: p.text().nullable(),
    exposedDescription: p.text().nullable(),
    approvedHash: p.string().nullable(),
    approvedAt: p.datetime().nullable(),
    state: p.string().$type<GrantedCapabilityState>(),
  },
});

export type GrantedCapability = InferEntity<typeof GrantedCapabilityEntity>;

/** What a grant says about one capability. */
export const CapabilityOverrideEntity = defineEntity({
  name: 'CapabilityOverride',
  tableName: 'access_grant_capability_overrides',
  properties: {
    accessGrantId: p.string().primary(),
    capabilityId: p.string().primary(),
    disabled: p.boolean(),
    exposedName: p.text().nullable(),
    exposedTitle: p.text().nullable(),
    exposedDescription: p.text().nullable(),
    approvedHash: p.string().nullable(),
    approvedAt: p.datetime().nullable(),
  },
});

export type CapabilityOverride = InferEntity<typeof CapabilityOverrideEntity>;
