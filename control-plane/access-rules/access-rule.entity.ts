import { defineEntity, p, type InferEntity } from '@mikro-orm/postgresql';
import type { CallerSelector, CapabilityKind, RuleEffect } from '../../contract/access-rule.ts';

/** A restriction of a server (organization level) or of a grant (workspace level): exactly one of the two is set. */
export const AccessRuleEntity = defineEntity({
  name: 'AccessRule',
  tableName: 'access_rules',
  properties: {
    id: p.string().primary(),
    mcpServerId: p.string().nullable(),
    accessGrantId: p.string().nullable(),
    name: p.string(),
    description: p.string().nullable(),
    enabled: p.boolean(),
    effect: p.string().$type<RuleEffect>(),
    /** Empty: every kind. */
    capabilityKinds: p.array().$type<CapabilityKind[]>(),
    /** Empty: every capability. */
    capabilityPatterns: p.array().$type<string[]>(),
    callers: p.json().$type<CallerSelector>(),
    condition: p.text().nullable(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
    version: p.integer().version(),
  },
});

export type AccessRule = InferEntity<typeof AccessRuleEntity>;
