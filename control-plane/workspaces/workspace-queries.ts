import type { EntityManager } from '@mikro-orm/postgresql';
import { documentNames } from '../../contract/snapshot.ts';
import type { ApiContext } from '../api/context.ts';
import { readPage, type Page, type PageArgs } from '../api/page.ts';
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
export function listWorkspaces(organizationId: string, args: PageArgs, { access, em }: ApiContext): Promise<Page<WorkspaceType>> {
  const seesAll = decide(access, 'workspace.read', { organizationId, workspaceId: null }) === 'allowed';
  const where = seesAll ? { organizationId } : { organizationId, id: { $in: [...access.workspaceSeats.keys()] } };
  return readPage(em, WorkspaceEntity, where, args, toWorkspaceType);
}

/** The people of a workspace that the caller sees. */
export function listWorkspaceMembers(workspaceId: string, args: PageArgs, { em }: ApiContext): Promise<Page<WorkspaceMemberType>> {
  return readPage(em, WorkspaceMemberEntity, { workspaceId }, args, toWorkspaceMemberType);
}

/** A membership that the caller sees. */
export async function readWorkspaceMember(id: string, context: ApiContext): Promise<WorkspaceMemberType | null> {
  const row = await context.em.findOne(WorkspaceMemberEntity, id);
  return row !== null && (await readWorkspace(row.workspaceId, context)) !== null ? toWorkspaceMemberType(row) : null;
}

/** For fields of other types, whose objects the caller sees already. */
export async function batchWorkspaces(em: EntityManager, ids: readonly string[]): Promise<(WorkspaceType | null)[]> {
  const rows = await em.find(WorkspaceEntity, { id: { $in: [...ids] } });
  const byId = new Map(rows.map((row) => [row.id, toWorkspaceType(row)]));
  return ids.map((id) => byId.get(id) ?? null);
}

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
