import type { EntityManager } from '@mikro-orm/postgresql';
import { documentNames } from '../../contract/snapshot.ts';
import type { ApiContext } from '../api/context.ts';
import { makeIdBatch } from '../api/id-batch.ts';
import { makePageBatch, toPageKey } from '../api/page-batch.ts';
import type { Page, PageArgs, SearchPageArgs } from '../api/page.ts';
import { decide, type Access } from '../authorization/index.ts';
import { toResource } from './workspace-service.ts';
import { WorkspaceEntity, WorkspaceMemberEntity } from './workspace.entity.ts';
import { toWorkspaceMemberType, toWorkspaceType, type WorkspaceMemberType, type WorkspaceType } from './workspace.type.ts';

/** A workspace that the caller sees. */
export async function readWorkspace(id: string, { access, loaders }: ApiContext): Promise<WorkspaceType | null> {
  const workspace = await loaders.load(batchWorkspaces, id);
  return workspace !== null && isVisible(access, workspace) ? workspace : null;
}

/** The same by its natural key. */
export async function readWorkspaceBySlug(slug: string, { access, em }: ApiContext): Promise<WorkspaceType | null> {
  const row = await em.findOne(WorkspaceEntity, { slug });
  return row !== null && isVisible(access, row) ? toWorkspaceType(row) : null;
}

/** The workspaces of an organization that the caller sees: all for those who oversee it, else those they have a seat in. */
export function listWorkspaces(
  organizationId: string,
  args: SearchPageArgs,
  { access, loaders }: ApiContext,
): Promise<Page<WorkspaceType>> {
  const scope: WorkspaceScope = { seen: findSeen(access, organizationId), nameContains: args.nameContains ?? null };
  return loaders.load(batchWorkspacePages, toPageKey(organizationId, args, scope));
}

interface WorkspaceScope {
  /** The workspaces that a caller sees who does not see all of them; null for those who do. */
  readonly seen: readonly string[] | null;
  readonly nameContains: string | null;
}

function findSeen(access: Access, organizationId: string): readonly string[] | null {
  const seesAll = decide(access, 'workspace.read', { organizationId, workspaceId: null }) === 'allowed';
  return seesAll ? null : [...access.workspaceSeats.keys()];
}

const batchWorkspacePages = makePageBatch(
  WorkspaceEntity,
  ({ seen, nameContains }: WorkspaceScope) => ({
    sql: `FROM workspaces item WHERE item.organization_id = parent.id
      AND (?::text IS NULL OR strpos(lower(item.name || ' ' || item.slug), lower(?)) > 0)
      ${seen === null ? '' : 'AND item.id IN (SELECT jsonb_array_elements_text(?::jsonb))'}`,
    values: [nameContains, nameContains, ...(seen === null ? [] : [JSON.stringify(seen)])],
  }),
  toWorkspaceType,
);

/** Where a person is a member, as far as the caller sees the workspaces. */
export function listMemberships(
  { id, organizationId }: { readonly id: string; readonly organizationId: string },
  args: PageArgs,
  { access, loaders }: ApiContext,
): Promise<Page<WorkspaceMemberType>> {
  return loaders.load(batchMembershipPages, toPageKey(id, args, findSeen(access, organizationId)));
}

const batchMembershipPages = makePageBatch(
  WorkspaceMemberEntity,
  (seen: readonly string[] | null) => ({
    sql: `FROM workspace_members item WHERE item.user_id = parent.id
      ${seen === null ? '' : 'AND item.workspace_id IN (SELECT jsonb_array_elements_text(?::jsonb))'}`,
    values: seen === null ? [] : [JSON.stringify(seen)],
  }),
  toWorkspaceMemberType,
);

const batchMemberPages = makePageBatch(
  WorkspaceMemberEntity,
  () => ({ sql: 'FROM workspace_members item WHERE item.workspace_id = parent.id' }),
  toWorkspaceMemberType,
);

/** The people of a workspace that the caller sees. */
export function listWorkspaceMembers(workspaceId: string, args: PageArgs, { loaders }: ApiContext): Promise<Page<WorkspaceMemberType>> {
  return loaders.load(batchMemberPages, toPageKey(workspaceId, args, null));
}

/** A membership that the caller sees. */
export async function readWorkspaceMember(id: string, context: ApiContext): Promise<WorkspaceMemberType | null> {
  const row = await context.em.findOne(WorkspaceMemberEntity, id);
  return row !== null && (await readWorkspace(row.workspaceId, context)) !== null ? toWorkspaceMemberType(row) : null;
}

/** For fields of other types, whose objects the caller sees already. */
export const batchWorkspaces = makeIdBatch(WorkspaceEntity, toWorkspaceType);

/** The documents of the workspaces that a person is in or has keys of. */
export async function findWorkspaceDocuments(em: EntityManager, userId: string): Promise<string[]> {
  const rows = await em.execute<{ id: string }[]>(
    `SELECT workspace_id AS id FROM workspace_members WHERE user_id = ? UNION
     SELECT workspace_id FROM api_keys WHERE user_id = ? AND workspace_id IS NOT NULL`,
    [userId, userId],
  );
  return rows.map((row) => documentNames.workspace(row.id));
}

function isVisible(access: Access, workspace: { readonly id: string; readonly organizationId: string }): boolean {
  return decide(access, 'workspace.read', toResource(workspace)) === 'allowed';
}
