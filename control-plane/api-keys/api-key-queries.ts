import type { ApiContext } from '../api/context.ts';
import { makePageBatch, toPageKey } from '../api/page-batch.ts';
import type { Page, PageArgs } from '../api/page.ts';
import { decide } from '../authorization/index.ts';
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
