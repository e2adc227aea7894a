import type { EntityManager } from '@mikro-orm/postgresql';
import { documentNames } from '../../contract/snapshot.ts';
import { ok } from '../../foundation/result.ts';
import { newId } from '../api/ids.ts';
import type { ChangeResult } from '../api/payload.ts';
import { notFound, UserErrorCode } from '../api/user-error.ts';
import { authorize, toActorName, type Access } from '../authorization/index.ts';
import { runOnce } from '../database/run-once.ts';
import { findStaleness, write, type Conflicts } from '../database/write.ts';
import { UserEntity } from '../identity/index.ts';
import { toResource, type WorkspaceServiceParts } from './workspace-service.ts';
import { WorkspaceEntity, WorkspaceMemberEntity, type Workspace, type WorkspaceMember } from './workspace.entity.ts';
import type { WorkspaceMemberAddInput, WorkspaceMemberUpdateInput } from './workspace.input.ts';

const CONFLICTS: Conflicts = {
  workspace_members_user_key: {
    code: UserErrorCode.TAKEN,
    message: 'This person is a member of the workspace already.',
    field: ['input', 'userId'],
  },
};

/** The write model of memberships. Each change names the workspace's document, because gateways admit members only. */
export class WorkspaceMemberService {
  readonly #parts: Pick<WorkspaceServiceParts, 'em' | 'clock' | 'outbox'>;

  constructor(parts: Pick<WorkspaceServiceParts, 'em' | 'clock' | 'outbox'>) {
    this.#parts = parts;
  }

  async add(access: Access, input: WorkspaceMemberAddInput, key?: string | null): Promise<ChangeResult<WorkspaceMember>> {
    const { workspaceId, userId, role } = input;
    return write(this.#parts.em, CONFLICTS, async (em) => {
      const workspace = await findWritable(em, access, workspaceId);
      if (workspace === undefined) return notFound('workspace', 'input', 'workspaceId');
      const user = await em.findOne(UserEntity, { id: userId, organizationId: workspace.organizationId });
      if (user === null) return notFound('user', 'input', 'userId');
      const answer = await runOnce(em, { caller: toActorName(access.actor), operation: 'workspaceMemberAdd', key, input }, async () => {
        const now = new Date(this.#parts.clock.nowMs());
        const row = em.create(WorkspaceMemberEntity, {
          id: newId('WorkspaceMember'),
          workspaceId,
          userId,
          role,
          createdAt: now,
          updatedAt: now,
          version: 1,
        });
        await em.flush();
        const revision = await this.#parts.outbox.mark(em, [documentNames.workspace(workspaceId)]);
        return ok({ value: { id: row.id, revision }, revision });
      });
      if (!answer.ok) return answer;
      return ok({ value: await em.findOneOrFail(WorkspaceMemberEntity, answer.value.value.id), revision: answer.value.revision });
    });
  }

  async update(
    access: Access,
    id: string,
    input: WorkspaceMemberUpdateInput,
    expectedVersion?: number | null,
  ): Promise<ChangeResult<WorkspaceMember>> {
    return write(this.#parts.em, CONFLICTS, async (em) => {
      const row = await em.findOne(WorkspaceMemberEntity, id);
      if (row === null || (await findWritable(em, access, row.workspaceId)) === undefined) return notFound('membership', 'id');
      const stale = findStaleness(row, expectedVersion);
      if (stale !== undefined) return stale;
      if (input.role != null) row.role = input.role;
      row.updatedAt = new Date(this.#parts.clock.nowMs());
      await em.flush();
      return ok({ value: row, revision: await this.#parts.outbox.mark(em, [documentNames.workspace(row.workspaceId)]) });
    });
  }

  /** The person's keys of this workspace stop working with the revision in the answer. */
  async remove(access: Access, id: string, expectedVersion?: number | null): Promise<ChangeResult<string>> {
    return write(this.#parts.em, CONFLICTS, async (em) => {
      const row = await em.findOne(WorkspaceMemberEntity, id);
      if (row === null || (await findWritable(em, access, row.workspaceId)) === undefined) return ok({ value: id, revision: null });
      const stale = findStaleness(row, expectedVersion);
      if (stale !== undefined) return stale;
      em.remove(row);
      await em.flush();
      return ok({ value: id, revision: await this.#parts.outbox.mark(em, [documentNames.workspace(row.workspaceId)]) });
    });
  }
}

async function findWritable(em: EntityManager, access: Access, workspaceId: string): Promise<Workspace | undefined> {
  const workspace = await em.findOne(WorkspaceEntity, workspaceId);
  return workspace !== null && authorize(access, 'workspace_member.write', toResource(workspace)) ? workspace : undefined;
}
