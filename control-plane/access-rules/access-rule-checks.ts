import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { ACCESS_BOUNDS, CapabilityKindSchema, RuleEffectSchema, type CallerSelector } from '../../contract/access-rule.ts';
import { nameRule } from '../api/check-input.ts';
import { UserErrorCode, type UserError } from '../api/user-error.ts';
import { findConditionFault } from './access-condition-check.ts';
import type { CallerSelectorInput } from './access-rule.input.ts';

const { selectorEntries, nameChars } = ACCESS_BOUNDS;
const TOO_MANY = `A selector has at most ${selectorEntries} entries.`;

const idsRule = z.array(z.string()).max(selectorEntries, TOO_MANY);
const patternRule = z
  .string()
  .refine((pattern) => pattern.length > 0 && pattern.length <= nameChars, `A pattern has 1 to ${nameChars} characters.`);
const groupRule = z.string().refine((group) => group.length > 0 && group.length <= 256, 'A group has 1 to 256 characters.');
const conditionRule = z.string().superRefine((condition, context) => {
  const fault = findConditionFault(condition);
  if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
});
const capabilitiesRule = z.object({ kinds: z.array(CapabilityKindSchema), patterns: z.array(patternRule).max(selectorEntries, TOO_MANY) });
const callersRule = z.object({
  userIds: idsRule,
  organizationRoles: z.array(z.enum(['OWNER', 'ADMIN', 'MEMBER', 'AUDITOR'])),
  workspaceRoles: z.array(z.enum(['MANAGER', 'MEMBER'])),
  groups: z.array(groupRule).max(selectorEntries, TOO_MANY),
  apiKeyIds: idsRule,
  serviceKeys: z.boolean(),
});
const descriptionRule = z.string().max(2_000, 'A description has at most 2,000 characters.');

/** What an update of a rule may be. */
export const ruleChange = z.object({
  name: nameRule.optional(),
  description: descriptionRule.nullable().optional(),
  enabled: z.boolean().optional(),
  effect: RuleEffectSchema.optional(),
  capabilities: capabilitiesRule.optional(),
  callers: callersRule.optional(),
  condition: conditionRule.nullable().optional(),
});

/** What a rule may be when it is created. */
export const ruleDraft = z.object({
  name: nameRule,
  description: descriptionRule.nullish(),
  enabled: z.boolean(),
  effect: RuleEffectSchema,
  capabilities: capabilitiesRule.nullish(),
  callers: callersRule.nullish(),
  condition: conditionRule.nullish(),
});

/** The callers of an input in the form that is stored; what names nobody is left out. */
export function toCallerSelector({
  userIds,
  organizationRoles,
  workspaceRoles,
  groups,
  apiKeyIds,
  serviceKeys,
}: CallerSelectorInput): CallerSelector {
  const lists = { userIds, organizationRoles, workspaceRoles, groups, keyIds: apiKeyIds };
  const named = Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0)) as CallerSelector;
  return serviceKeys ? { ...named, services: true } : named;
}

/** Without a condition nothing is required. */
export function findEffectFault(effect: string, condition: string | null | undefined): UserError | undefined {
  if (effect !== 'REQUIRE' || condition != null) return undefined;
  return { code: UserErrorCode.INVALID, message: 'REQUIRE needs a condition: what has to be so.', field: ['input', 'condition'] };
}

/** People and keys that the organization does not have. */
export async function findCallerFaults(em: EntityManager, organizationId: string, callers: CallerSelector): Promise<UserError[]> {
  const users = await findUnknown(em, 'users', organizationId, callers.userIds ?? []);
  const keys = await findUnknown(em, 'api_keys', organizationId, callers.keyIds ?? []);
  const toFault = (field: string, what: string) => (index: number) => ({
    code: UserErrorCode.NOT_FOUND,
    message: `There is no such ${what}, or you cannot see it.`,
    field: ['input', 'callers', field, String(index)],
  });
  return [...users.map(toFault('userIds', 'user')), ...keys.map(toFault('apiKeyIds', 'API key'))];
}

async function findUnknown(
  em: EntityManager,
  table: 'users' | 'api_keys',
  organizationId: string,
  ids: readonly string[],
): Promise<number[]> {
  if (ids.length === 0) return [];
  const rows = await em.execute<{ id: string }[]>(
    `SELECT id FROM ${table} WHERE organization_id = ? AND id IN (SELECT jsonb_array_elements_text(?::jsonb))`,
    [organizationId, JSON.stringify(ids)],
  );
  const known = new Set(rows.map(({ id }) => id));
  return ids.flatMap((id, index) => (known.has(id) ? [] : [index]));
}
