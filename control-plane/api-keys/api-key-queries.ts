import type { ApiContext } from '../api/context.ts';
import { readPage, type Page, type PageArgs } from '../api/page.ts';
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
  { access, em }: ApiContext,
): Promise<Page<ApiKeyType>> {
  const seesAll = decide(access, 'api_key.read', { organizationId: workspace.organizationId, workspaceId: workspace.id }) === 'allowed';
  const own = access.actor.kind === 'user' ? access.actor.userId : '';
  return readPage(
    em,
    ApiKeyEntity,
    seesAll ? { workspaceId: workspace.id } : { workspaceId: workspace.id, userId: own },
    args,
    toApiKeyType,
  );
}

/** The keys of a person, for the person and for those who oversee the organization. */
export function listUserApiKeys(
  user: { readonly id: string; readonly organizationId: string },
  args: PageArgs,
  { access, em }: ApiContext,
): Promise<Page<ApiKeyType>> {
  const sees = decide(access, 'api_key.read', { organizationId: user.organizationId, userId: user.id }) === 'allowed';
  return readPage(em, ApiKeyEntity, sees ? { userId: user.id } : { id: '' }, args, toApiKeyType);
}
