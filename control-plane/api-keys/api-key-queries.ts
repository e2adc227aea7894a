import type { ApiContext } from '../api/context.ts';
import { makePageBatch, toPageKey, type PageSource } from '../api/page-batch.ts';
import type { Page, PageArgs } from '../api/page.ts';
import { decide, type Access } from '../authorization/index.ts';
import type { ApiKeyFilter } from './api-key-filter.input.ts';
import { ApiKeyEntity } from './api-key.entity.ts';
import { toApiKeyType, type ApiKeyType } from './api-key.type.ts';

/** A key that the caller sees: their own, those of a workspace they manage, those of an organization they oversee. */
export async function readApiKey(id: string, { access, em }: ApiContext): Promise<ApiKeyType | null> {
  const row = await em.findOne(ApiKeyEntity, id);
  return row !== null && decide(access, 'api_key.read', row) === 'allowed' ? toApiKeyType(row) : null;
}

/** The keys of a workspace that the caller sees; a plain member sees their own. */
export function listWorkspaceApiKeys(
  workspace: { readonly id: string; readonly organizationId: string },
  args: PageArgs,
  { access, loaders }: ApiContext,
): Promise<Page<ApiKeyType>> {
  const seesAll = decide(access, 'api_key.read', { organizationId: workspace.organizationId, workspaceId: workspace.id }) === 'allowed';
  const own = access.actor.kind === 'user' ? access.actor.userId : '';
  return loaders.load(batchWorkspaceKeyPages, toPageKey<KeyScope>(workspace.id, args, seesAll ? null : own));
}

/** The keys of a person, for the person and for those who oversee the organization. */
export function listUserApiKeys(
  user: { readonly id: string; readonly organizationId: string },
  args: PageArgs,
  { access, loaders }: ApiContext,
): Promise<Page<ApiKeyType>> {
  const sees = decide(access, 'api_key.read', { organizationId: user.organizationId, userId: user.id }) === 'allowed';
  const confinedTo = access.actor.kind === 'user' ? access.actor.workspaceId : null;
  return loaders.load(batchUserKeyPages, toPageKey<KeyScope>(user.id, args, sees ? confinedTo : ''));
}

/** The keys of an organization that the caller sees, of those that are meant. */
export function listOrganizationApiKeys(
  organizationId: string,
  filter: ApiKeyFilter,
  args: PageArgs,
  { access, loaders }: ApiContext,
): Promise<Page<ApiKeyType>> {
  const scope: OrganizationKeyScope = { ...toKeySight(access, organizationId), filter };
  return loaders.load(batchOrganizationKeyPages, toPageKey(organizationId, args, scope));
}

/** Which keys of an organization a caller sees. */
interface KeySight {
  readonly all: boolean;
  /** Those for these workspaces, whoever has them. */
  readonly managedIds: readonly string[];
  /** The caller's own; only those for one workspace where the caller's key is confined to it. */
  readonly userId: string | null;
  readonly confinedTo: string | null;
}

interface OrganizationKeyScope extends KeySight {
  readonly filter: ApiKeyFilter;
}

function toKeySight(access: Access, organizationId: string): KeySight {
  const { actor, workspaceSeats } = access;
  const [userId, confinedTo] = actor.kind === 'user' ? [actor.userId, actor.workspaceId] : [null, null];
  const managed = [...workspaceSeats].filter(([id]) => decide(access, 'api_key.read', { organizationId, workspaceId: id }) === 'allowed');
  return {
    all: decide(access, 'api_key.read', { organizationId, workspaceId: null }) === 'allowed',
    managedIds: managed.map(([id]) => id),
    userId,
    confinedTo,
  };
}

const STATE = `CASE WHEN item.revoked_at IS NOT NULL THEN 'REVOKED' WHEN item.expires_at <= now() THEN 'EXPIRED' ELSE 'ACTIVE' END`;

/** What people know a key by. Those who see it see whose it is and what it is for. */
const TEXT = `concat_ws(' ', item.name, 'slc_' || item.lookup,
  (SELECT u.name || ' ' || u.email FROM users u WHERE u.id = item.user_id),
  (SELECT w.name || ' ' || w.slug FROM workspaces w WHERE w.id = item.workspace_id))`;

const batchOrganizationKeyPages = makePageBatch(ApiKeyEntity, toOrganizationSource, toApiKeyType);

function toOrganizationSource({ all, managedIds, userId, confinedTo, filter }: OrganizationKeyScope): PageSource {
  const conditions: [sql: string, ...values: unknown[]][] = [];
  const { textContains, kinds, states } = filter;
  if (!all) {
    conditions.push([
      `(item.workspace_id IN (SELECT jsonb_array_elements_text(?::jsonb)) OR item.user_id = ? AND coalesce(item.workspace_id = ?, ?))`,
      JSON.stringify(managedIds), userId, confinedTo, confinedTo === null,
    ]); // prettier-ignore
  }
  if (textContains != null) conditions.push([`strpos(lower(${TEXT}), lower(?)) > 0`, textContains]);
  if (filter.userId != null) conditions.push(['item.user_id = ?', filter.userId]);
  if (filter.workspaceId != null) conditions.push(['item.workspace_id = ?', filter.workspaceId]);
  if (kinds != null) conditions.push(['item.kind IN (SELECT jsonb_array_elements_text(?::jsonb))', JSON.stringify(kinds)]);
  if (states != null) conditions.push([`${STATE} IN (SELECT jsonb_array_elements_text(?::jsonb))`, JSON.stringify(states)]);
  return {
    sql: ['FROM api_keys item WHERE item.organization_id = parent.id', ...conditions.map(([sql]) => sql)].join(' AND '),
    values: conditions.flatMap(([, ...values]) => values),
  };
}

/** The person, or of a person's keys the workspace, whose keys a caller sees who does not see all of them; null for those who do. */
type KeyScope = string | null;

const batchWorkspaceKeyPages = makePageBatch(ApiKeyEntity, toSource('workspace_id', 'user_id'), toApiKeyType);
const batchUserKeyPages = makePageBatch(ApiKeyEntity, toSource('user_id', 'workspace_id'), toApiKeyType);

type KeyColumn = 'workspace_id' | 'user_id';

function toSource(parent: KeyColumn, limitedBy: KeyColumn) {
  return (scope: KeyScope): { sql: string; values: string[] } => ({
    sql: `FROM api_keys item WHERE item.${parent} = parent.id ${scope === null ? '' : `AND item.${limitedBy} = ?`}`,
    values: scope === null ? [] : [scope],
  });
}
