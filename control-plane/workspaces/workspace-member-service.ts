import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { connectionShard, documentNames } from '../../contract/snapshot.ts';
import { err, ok } from '../../foundation/result.ts';
import { checkInput } from '../api/check-input.ts';
import { newId } from '../api/ids.ts';
import type { ChangeResult } from '../api/payload.ts';
import { notFound, UserErrorCode, type UserError } from '../api/user-error.ts';
import { authorize, toActorName, type Access } from '../authorization/index.ts';
import { runOnce } from '../database/run-once.ts';
import { findStaleness, FOR_CHANGE, write } from '../database/write.ts';
import { UserEntity } from '../identity/index.ts';
import { toResource, type WorkspaceServiceParts } from './workspace-service.ts';
import { WorkspaceEntity, WorkspaceMemberEntity, type Workspace, type WorkspaceMember } from './workspace.entity.ts';
import type { WorkspaceMemberAddInput, WorkspaceMemberRemoveInput, WorkspaceMemberUpdateInput } from './workspace.input.ts';

/** How many people one request adds or removes. */
const MAX_USERS = 100;

const updateRules = z.object({ role: z.enum(['MANAGER', 'MEMBER'], 'A membership has a role.').optional() });

/** The write model of memberships. Each change names the workspace's document, because gateways admit members only. */
export class WorkspaceMemberService {
  readonly #parts: Pick<WorkspaceServiceParts, 'em' | 'clock' | 'outbox'>;

  constructor(parts: Pick<WorkspaceServiceParts, 'em' | 'clock' | 'outbox'>) {
    this.#parts = parts;
  }

  async add(access: Access, input: WorkspaceMemberAddInput, key?: string | null): Promise<ChangeResult<readonly WorkspaceMember[]>> {
    const { workspaceId, role } = input;
    return write(this.#parts.em, {}, async (em) => {
      const workspace = await findWritable(em, access, workspaceId);
      if (workspace === undefined) return notFound('workspace', 'input', 'workspaceId');
      const answer = await runOnce(em, { caller: toActorName(access.actor), operation: 'workspaceMemberAdd', key, input }, async () => {
        const faults = await findFaults(em, workspace, input.userIds);
        if (faults.length > 0) return err(faults);
        const now = new Date(this.#parts.clock.nowMs());
        const rows = input.userIds.map((userId) => {
          return em.create(WorkspaceMemberEntity, {
            id: newId('WorkspaceMember'),
            workspaceId,
            userId,
            role,
            createdAt: now,
            updatedAt: now,
            version: 1,
          });
        });
        await em.flush();
        const revision = await this.#parts.outbox.mark(em, toDocuments(workspaceId, input.userIds));
        return ok({ value: { id: rows.map((row) => row.id).join(','), revision }, revision });
      });
      if (!answer.ok) return answer;
      const ids = answer.value.value.id.split(',');
      const rows = await em.find(WorkspaceMemberEntity, { id: { $in: ids } }, { orderBy: { createdAt: 'asc', id: 'asc' } });
      return ok({ value: rows, revision: answer.value.revision });
    });
  }

  async update(
    access: Access,
    id: string,
    input: WorkspaceMemberUpdateInput,
    expectedVersion?: number | null,
  ): Promise<ChangeResult<WorkspaceMember>> {
    return write(this.#parts.em, {}, async (em) => {
      const row = await em.findOne(WorkspaceMemberEntity, id, FOR_CHANGE);
      if (row === null || (await findWritable(em, access, row.workspaceId)) === undefined) return notFound('membership', 'id');
      const stale = findStaleness(row, expectedVersion);
      if (stale !== undefined) return stale;
      const checked = checkInput(updateRules, input);
      if (!checked.ok) return checked;
      if (checked.value.role !== undefined) row.role = checked.value.role;
      row.updatedAt = new Date(this.#parts.clock.nowMs());
      await em.flush();
      return ok({ value: row, revision: await this.#parts.outbox.mark(em, [documentNames.workspace(row.workspaceId)]) });
    });
  }

  /** Their keys of this workspace stop working with the revision in the answer. */
  async remove(access: Access, { workspaceId, userIds }: WorkspaceMemberRemoveInput): Promise<ChangeResult<readonly string[]>> {
    return write(this.#parts.em, {}, async (em) => {
      if ((await findWritable(em, access, workspaceId)) === undefined) return notFound('workspace', 'input', 'workspaceId');
      const counted = checkCount(userIds);
      if (counted !== undefined) return err([counted]);
      const rows = await em.find(WorkspaceMemberEntity, { workspaceId, userId: { $in: userIds } });
      for (const row of rows) em.remove(row);
      const revision = rows.length > 0 ? await this.#parts.outbox.mark(em, toDocuments(workspaceId, userIds)) : null;
      return ok({ value: rows.map((row) => row.id), revision });
    });
  }
}

/** What people allowed counts as long as they are members. */
function toDocuments(workspaceId: string, userIds: readonly string[]): string[] {
  return [documentNames.workspace(workspaceId), ...userIds.map((id) => documentNames.consents(workspaceId, connectionShard(id)))];
}

/** Every fault of the list together: who is not there, and who is a member already. */
async function findFaults(em: EntityManager, workspace: Workspace, userIds: readonly string[]): Promise<UserError[]> {
  const counted = checkCount(userIds);
  if (counted !== undefined) return [counted];
  // The row lock makes a second request for the same person wait, so that it finds the membership instead of a violated index.
  await em.execute('SELECT id FROM workspaces WHERE id = ? FOR UPDATE', [workspace.id]);
  const users = await em.find(UserEntity, { id: { $in: [...userIds] }, organizationId: workspace.organizationId });
  const members = await em.find(WorkspaceMemberEntity, { workspaceId: workspace.id, userId: { $in: [...userIds] } });
  return userIds.flatMap((id, index): UserError[] => {
    const field = ['input', 'userIds', String(index)];
    if (!users.some((user) => user.id === id))
      return [{ code: UserErrorCode.NOT_FOUND, message: 'There is no such user, or you cannot see it.', field }];
    const isRepeated = userIds.indexOf(id) !== index || members.some((member) => member.userId === id);
    return isRepeated ? [{ code: UserErrorCode.TAKEN, message: 'This person is a member of the workspace already.', field }] : [];
  });
}

function checkCount(userIds: readonly string[]): UserError | undefined {
  if (userIds.length >= 1 && userIds.length <= MAX_USERS) return undefined;
  return { code: UserErrorCode.LIMIT_REACHED, message: `Name 1 to ${MAX_USERS} people.`, field: ['input', 'userIds'] };
}

async function findWritable(em: EntityManager, access: Access, workspaceId: string): Promise<Workspace | undefined> {
  const workspace = await em.findOne(WorkspaceEntity, workspaceId);
  return workspace !== null && authorize(access, 'workspace_member.write', toResource(workspace)) ? workspace : undefined;
}
