import type { EntityManager } from '@mikro-orm/postgresql';
import type { CapabilityKind } from '../../contract/access-rule.ts';
import type { AccessGrantType } from '../access-grants/index.ts';
import type { ApiContext } from '../api/context.ts';
import { makePageBatch, toPageKey } from '../api/page-batch.ts';
import { toPage, type Page, type PageArgs } from '../api/page.ts';
import { decide, type Access } from '../authorization/index.ts';
import { batchWorkspaces, toResource, type WorkspaceType } from '../workspaces/index.ts';
import { findDefinitionDifferences, type DefinitionDifference } from './definition-differences.ts';
import { GrantedCapabilityEntity, type GrantedCapabilityState } from './granted-capability.entity.ts';
import { toGrantedCapabilityType, type GrantedCapabilityType } from './granted-capability.type.ts';

/** Which capabilities of a grant a list has. */
export interface GrantedCapabilityFilter {
  readonly kind: CapabilityKind | null;
  readonly search: string | null;
  readonly states: readonly GrantedCapabilityState[] | null;
}

/** What waits for an approval. */
const WAITING = `state IN ('HELD', 'CHANGED')`;

/** The capabilities of a grant; nothing for a caller who does not decide about them. */
export async function listGrantedCapabilities(
  grant: AccessGrantType,
  filter: GrantedCapabilityFilter,
  args: PageArgs,
  context: ApiContext,
): Promise<Page<GrantedCapabilityType>> {
  if (!(await maySee(grant, context))) return toPage([], args.first, toGrantedCapabilityType);
  return context.loaders.load(batchByGrant, toPageKey(grant.id, args, filter));
}

/** How many of a grant wait for an approval; 0 for a caller who does not decide about them. */
export async function countWaiting(grant: AccessGrantType, context: ApiContext): Promise<number> {
  return (await maySee(grant, context)) ? context.loaders.load(batchWaitingByGrant, grant.id) : 0;
}

/** What waits for an approval in a workspace; nothing for a caller who does not decide about it. */
export async function listWaiting(
  workspace: WorkspaceType,
  args: PageArgs,
  { access, loaders }: ApiContext,
): Promise<Page<GrantedCapabilityType>> {
  if (!decides(access, workspace)) return toPage([], args.first, toGrantedCapabilityType);
  return loaders.load(batchWaitingByWorkspace, toPageKey(workspace.id, args, null));
}

/** How many wait in a workspace; 0 for a caller who does not decide about them. */
export async function countWaitingInWorkspace(workspace: WorkspaceType, { access, loaders }: ApiContext): Promise<number> {
  return decides(access, workspace) ? loaders.load(batchWaitingCountByWorkspace, workspace.id) : 0;
}

/** The approved definition; null where none is. */
export async function readApprovedDefinition(item: GrantedCapabilityType, { loaders }: ApiContext): Promise<string | null> {
  return item.approvedHash === null ? null : loaders.load(batchDefinitions, toDefinitionKey(item, item.approvedHash));
}

/** How the definition differs from the one that was approved; nothing where it does not, or none was. */
export async function readDifferences(item: GrantedCapabilityType, context: ApiContext): Promise<DefinitionDifference[]> {
  if (item.approvedHash === null || item.approvedHash === item.definitionHash) return [];
  const [approved, current] = await Promise.all([
    readApprovedDefinition(item, context),
    context.loaders.load(batchDefinitions, toDefinitionKey(item, item.definitionHash)),
  ]);
  return approved === null || current === null ? [] : findDefinitionDifferences(item.kind, approved, current);
}

const batchByGrant = makePageBatch(
  GrantedCapabilityEntity,
  ({ kind, search, states }: GrantedCapabilityFilter) => ({
    sql: `FROM granted_capabilities item WHERE item.access_grant_id = parent.id
      AND (?::text IS NULL OR item.kind = ?)
      AND (?::text IS NULL OR strpos(lower(concat_ws(chr(10), item.name, item.exposed_name, coalesce(item.exposed_title, item.title),
                                                     coalesce(item.exposed_description, item.description))), lower(?)) > 0)
      AND (?::jsonb IS NULL OR item.state IN (SELECT jsonb_array_elements_text(?::jsonb)))`,
    values: [kind, kind, search, search, toJson(states), toJson(states)],
  }),
  toGrantedCapabilityType,
);

const batchWaitingByWorkspace = makePageBatch(
  GrantedCapabilityEntity,
  () => ({ sql: `FROM granted_capabilities item WHERE item.workspace_id = parent.id AND item.${WAITING}` }),
  toGrantedCapabilityType,
);

const batchWaitingByGrant = makeCountBatch('access_grant_id');
const batchWaitingCountByWorkspace = makeCountBatch('workspace_id');

function makeCountBatch(column: 'access_grant_id' | 'workspace_id') {
  return async (em: EntityManager, ids: readonly string[]): Promise<number[]> => {
    const rows = await em.execute<{ id: string; waiting: number }[]>(
      `SELECT ${column} AS id, count(*)::int AS waiting FROM granted_capabilities
       WHERE ${column} IN (SELECT jsonb_array_elements_text(?::jsonb)) AND ${WAITING} GROUP BY ${column}`,
      [JSON.stringify(ids)],
    );
    const byId = new Map(rows.map(({ id, waiting }) => [id, waiting]));
    return ids.map((id) => byId.get(id) ?? 0);
  };
}

function toDefinitionKey({ mcpServerId, kind }: GrantedCapabilityType, hash: string): string {
  return JSON.stringify([mcpServerId, kind, hash]);
}

async function batchDefinitions(em: EntityManager, keys: readonly string[]): Promise<(string | null)[]> {
  const rows = await em.execute<{ key: string; definition: string }[]>(
    `SELECT wanted.key, d.definition FROM jsonb_array_elements_text(?::jsonb) AS wanted (key)
     JOIN capability_definitions d ON d.mcp_server_id = wanted.key::jsonb ->> 0 AND d.kind = wanted.key::jsonb ->> 1
                                  AND d.definition_hash = wanted.key::jsonb ->> 2`,
    [JSON.stringify(keys)],
  );
  const byKey = new Map(rows.map(({ key, definition }) => [key, definition]));
  return keys.map((key) => byKey.get(key) ?? null);
}

/** Members are not shown what rules hide from them, so what a grant says is for those who decide about it. */
async function maySee(grant: AccessGrantType, { access, loaders }: ApiContext): Promise<boolean> {
  const workspace = await loaders.load(batchWorkspaces, grant.workspaceId);
  return workspace !== null && decides(access, workspace);
}

function decides(access: Access, workspace: WorkspaceType): boolean {
  return decide(access, 'capability.read', toResource(workspace)) === 'allowed';
}

function toJson(states: readonly GrantedCapabilityState[] | null): string | null {
  return states === null ? null : JSON.stringify(states);
}
