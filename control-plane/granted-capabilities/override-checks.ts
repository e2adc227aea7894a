import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { foldName } from '../../contract/name-pattern.ts';
import { UserErrorCode, type UserError } from '../api/user-error.ts';
import type { GrantedCapability } from './granted-capability.entity.ts';
import { MAX_CAPABILITIES_AT_ONCE } from './granted-capability.input.ts';

const MAX_TITLE_CHARS = 200;
const MAX_DESCRIPTION_CHARS = 8_192;
const NAME_RULE = 'A name has 1 to 128 of A-Z, a-z, 0-9, "_", "-", "." and "/".';

const manyRule = `Name 1 to ${MAX_CAPABILITIES_AT_ONCE} capabilities.`;

/** PostgreSQL stores no NUL; other control characters would show lists of tools other than they are. */
function textRule(what: string, maxChars: number) {
  return z
    .string()
    .refine((text) => text.trim() !== '' && text.length <= maxChars, `${what} has 1 to ${maxChars} characters.`)
    .refine((text) => !/[^\P{Cc}\n\t]/u.test(text), `${what} has no control characters but line breaks and tabs.`);
}

/** What may be said about capabilities. */
export const overrideChange = z.object({
  capabilityIds: z
    .array(z.string())
    .min(1, manyRule)
    .max(MAX_CAPABILITIES_AT_ONCE, manyRule)
    .refine((ids) => new Set(ids).size === ids.length, 'A capability is named twice.'),
  enabled: z.boolean().optional(),
  exposedName: z
    .string()
    .regex(/^[A-Za-z0-9_./-]{1,128}$/, NAME_RULE)
    .nullable()
    .optional(),
  exposedTitle: textRule('A title', MAX_TITLE_CHARS).nullable().optional(),
  exposedDescription: textRule('A description', MAX_DESCRIPTION_CHARS).nullable().optional(),
});

export type OverrideChange = z.infer<typeof overrideChange>;

/** What may be approved. */
export const approvalRules = z.object({
  approvals: z
    .array(z.object({ capabilityId: z.string(), definitionDigest: z.string() }))
    .min(1, manyRule)
    .max(MAX_CAPABILITIES_AT_ONCE, manyRule)
    .refine((list) => new Set(list.map(({ capabilityId }) => capabilityId)).size === list.length, 'A capability is named twice.'),
});

/** Why a name cannot be given: what has none of its own, several at once, or what reads like something else of the grant. */
export async function findNameFault(
  em: EntityManager,
  rows: readonly GrantedCapability[],
  exposedName: string,
): Promise<UserError | undefined> {
  const [row, ...others] = rows;
  if (row === undefined || others.length > 0) return fault('A name is given to one capability at a time.');
  if (row.kind !== 'TOOL' && row.kind !== 'PROMPT') return fault('Tools and prompts can be renamed; a resource is known by its URI.');
  const taken = await em.execute<{ name: string }[]>(
    `SELECT coalesce(exposed_name, name) AS name FROM granted_capabilities
     WHERE access_grant_id = ? AND kind = ? AND capability_id <> ? AND (vanished_at IS NULL OR exposed_name IS NOT NULL)`,
    [row.accessGrantId, row.kind, row.capabilityId],
  );
  const wanted = foldName(exposedName);
  if (!taken.some(({ name }) => foldName(name) === wanted)) return undefined;
  return {
    code: UserErrorCode.TAKEN,
    message: 'Another one of the kind has this name in the grant, or one that reads like it.',
    field: ['input', 'exposedName'],
  };
}

function fault(message: string): UserError {
  return { code: UserErrorCode.INVALID, message, field: ['input', 'exposedName'] };
}
