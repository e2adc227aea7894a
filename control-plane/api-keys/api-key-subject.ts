import type { EntityManager } from '@mikro-orm/postgresql';
import { err, ok, type Result } from '../../foundation/result.ts';
import { notFound, userError, UserErrorCode, type UserError } from '../api/user-error.ts';
import { authorize, type Access, type ApiKeyScope } from '../authorization/index.ts';
import { UserEntity } from '../identity/index.ts';
import { toResource, WorkspaceEntity, WorkspaceMemberEntity, type Workspace } from '../workspaces/index.ts';
import type { ApiKeyCreateInput } from './api-key.input.ts';

/** For whom a new key stands. */
export interface ApiKeySubject {
  readonly organizationId: string;
  readonly workspaceId: string | null;
  readonly userId: string | null;
}

/** Who the key is for, if the caller may make such a key. A key never gets more than its maker has. */
export async function loadSubject(
  em: EntityManager,
  access: Access,
  input: ApiKeyCreateInput,
): Promise<Result<ApiKeySubject, readonly UserError[]>> {
  const workspace = input.workspaceId == null ? null : await em.findOne(WorkspaceEntity, input.workspaceId);
  if (input.workspaceId != null && workspace === null) return notFound('workspace', 'input', 'workspaceId');
  return input.kind === 'SERVICE' ? loadServiceSubject(access, workspace) : loadUserSubject(em, access, input, workspace);
}

function loadServiceSubject(access: Access, workspace: Workspace | null): Result<ApiKeySubject, readonly UserError[]> {
  if (workspace === null) return userError(UserErrorCode.INVALID, 'A service key needs a workspace.', 'input', 'workspaceId');
  if (!authorize(access, 'api_key.create_service', toResource(workspace))) return notFound('workspace', 'input', 'workspaceId');
  return ok({ organizationId: workspace.organizationId, workspaceId: workspace.id, userId: null });
}

async function loadUserSubject(
  em: EntityManager,
  access: Access,
  input: ApiKeyCreateInput,
  workspace: Workspace | null,
): Promise<Result<ApiKeySubject, readonly UserError[]>> {
  const { actor } = access;
  const userId = input.userId ?? (actor.kind === 'user' ? actor.userId : undefined);
  if (userId === undefined) return userError(UserErrorCode.INVALID, 'Say for whom: the caller is not a person.', 'input', 'userId');
  const user = await em.findOne(UserEntity, userId);
  const isOwn = actor.kind === 'user' && actor.userId === userId;
  if (user === null || (!isOwn && !authorize(access, 'api_key.create_own', { organizationId: user.organizationId, userId }))) {
    return notFound('user', 'input', 'userId');
  }
  const faults = [...(await findPlaceFaults(em, access, userId, workspace)), ...findScopeFaults(access, input.scopes)];
  if (faults.length > 0) return err(faults);
  return ok({ organizationId: user.organizationId, workspaceId: workspace?.id ?? null, userId });
}

/** Why the key cannot be one of the workspace. */
async function findPlaceFaults(em: EntityManager, { actor }: Access, userId: string, workspace: Workspace | null): Promise<UserError[]> {
  const field = ['input', 'workspaceId'];
  const isMember = workspace === null || (await em.count(WorkspaceMemberEntity, { workspaceId: workspace.id, userId })) > 0;
  if (!isMember) {
    const message = 'There is no such workspace, or the person is not a member of it. Add them first.';
    return [{ code: UserErrorCode.NOT_FOUND, message, field }];
  }
  if (actor.kind !== 'user' || actor.workspaceId === null || actor.workspaceId === workspace?.id) return [];
  const message = 'The key you call with is confined to a workspace; a key that it makes is too.';
  return [{ code: UserErrorCode.INVALID, message, field }];
}

function findScopeFaults({ actor }: Access, scopes: readonly ApiKeyScope[]): UserError[] {
  const excess = actor.kind === 'user' ? scopes.filter((scope) => !hasScope(actor.scopes, scope)) : [];
  if (excess.length === 0) return [];
  return [{ code: UserErrorCode.INVALID, message: `The key you call with lacks ${excess.join(' and ')}.`, field: ['input', 'scopes'] }];
}

/** Who may change may read. */
function hasScope(held: readonly ApiKeyScope[], scope: ApiKeyScope): boolean {
  return held.includes(scope) || (scope === 'API_READ' && held.includes('API_WRITE'));
}
