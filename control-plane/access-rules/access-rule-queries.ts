import type { ApiContext } from '../api/context.ts';
import { makePageBatch, toPageKey } from '../api/page-batch.ts';
import { toPage, type Page, type PageArgs } from '../api/page.ts';
import { decide, type Resource } from '../authorization/index.ts';
import { readRulePlace } from './access-rule-place.ts';
import { AccessRuleEntity, type AccessRule } from './access-rule.entity.ts';
import { toAccessRuleType, type AccessRuleType } from './access-rule.type.ts';

/** A rule that the caller sees. */
export async function readAccessRule(id: string, context: ApiContext): Promise<AccessRuleType | null> {
  return toVisible(await context.em.findOne(AccessRuleEntity, id), context);
}

/** The same by its natural key. */
export async function readAccessRuleByName(parentId: string, name: string, context: ApiContext): Promise<AccessRuleType | null> {
  return toVisible(
    await context.em.findOne(AccessRuleEntity, { name, $or: [{ mcpServerId: parentId }, { accessGrantId: parentId }] }),
    context,
  );
}

/** The rules of a server or a grant; none for a caller who may not see them. */
export function listRules(
  parentId: string,
  resource: Resource,
  args: PageArgs,
  { access, loaders }: ApiContext,
): Promise<Page<AccessRuleType>> {
  if (decide(access, 'access_rule.read', resource) !== 'allowed') return Promise.resolve(toPage([], args.first, toAccessRuleType));
  return loaders.load(batchRules, toPageKey(parentId, args, null));
}

const batchRules = makePageBatch(
  AccessRuleEntity,
  () => ({ sql: 'FROM access_rules item WHERE coalesce(item.mcp_server_id, item.access_grant_id) = parent.id' }),
  toAccessRuleType,
);

async function toVisible(row: AccessRule | null, { access, em }: ApiContext): Promise<AccessRuleType | null> {
  if (row === null) return null;
  const place = await readRulePlace(em, { mcpServerId: row.mcpServerId ?? null, accessGrantId: row.accessGrantId ?? null });
  return place !== undefined && decide(access, 'access_rule.read', place.resource) === 'allowed' ? toAccessRuleType(row) : null;
}
