import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { documentNames } from '../../contract/snapshot.ts';
import type { Clock } from '../../foundation/clock.ts';
import { ok } from '../../foundation/result.ts';
import { checkInput, nameRule, slugRule } from '../api/check-input.ts';
import { newId } from '../api/ids.ts';
import type { ChangeResult } from '../api/payload.ts';
import { notFound, UserErrorCode } from '../api/user-error.ts';
import { authorize, toActorName, type Access } from '../authorization/index.ts';
import type { FindDocuments, Outbox } from '../database/outbox.ts';
import { readCreated, runOnce } from '../database/run-once.ts';
import { findStaleness, FOR_CHANGE, write, type Conflicts } from '../database/write.ts';
import { WorkspaceEntity, type Workspace } from './workspace.entity.ts';
import type { WorkspaceCreateInput, WorkspaceUpdateInput } from './workspace.input.ts';

const createRules = z.object({ slug: slugRule, name: nameRule });
const updateRules = z.object({ name: nameRule.optional() });

const CONFLICTS: Conflicts = {
  workspaces_slug_key: {
    code: UserErrorCode.TAKEN,
    message: 'Another workspace of this gateway has this slug; it is part of public URLs.',
    field: ['input', 'slug'],
  },
  workspaces_organization_id_fkey: {
    code: UserErrorCode.NOT_FOUND,
    message: 'There is no such organization, or you cannot see it.',
    field: ['input', 'organizationId'],
  },
};

/** What the write models of workspaces work with. */
export interface WorkspaceServiceParts {
  readonly em: EntityManager;
  readonly clock: Clock;
  readonly outbox: Outbox;
  /** What hangs on a workspace besides its own document: its credentials, and servers that it owns. */
  readonly findDocuments: FindDocuments;
}

/** The write model of workspaces. */
export class WorkspaceService {
  readonly #parts: WorkspaceServiceParts;

  constructor(parts: WorkspaceServiceParts) {
    this.#parts = parts;
  }

  async create(access: Access, input: WorkspaceCreateInput, key?: string | null): Promise<ChangeResult<Workspace>> {
    const { organizationId } = input;
    if (!authorize(access, 'workspace.create', { organizationId })) return notFound('organization', 'input', 'organizationId');
    const checked = checkInput(createRules, input);
    if (!checked.ok) return checked;
    return write(this.#parts.em, CONFLICTS, async (em) => {
      const answer = await runOnce(em, { caller: toActorName(access.actor), operation: 'workspaceCreate', key, input }, async () => {
        const now = new Date(this.#parts.clock.nowMs());
        const row = em.create(WorkspaceEntity, {
          id: newId('Workspace'),
          organizationId,
          ...checked.value,
          createdAt: now,
          updatedAt: now,
          version: 1,
        });
        await em.flush();
        const revision = await this.#parts.outbox.mark(em, [documentNames.workspace(row.id)]);
        return ok({ value: { id: row.id, revision }, revision });
      });
      if (!answer.ok) return answer;
      return readCreated(em, WorkspaceEntity, answer.value.value);
    });
  }

  /** Gateways do not know a workspace's name, so no revision carries it. */
  async update(access: Access, id: string, input: WorkspaceUpdateInput, expectedVersion?: number | null): Promise<ChangeResult<Workspace>> {
    return write(this.#parts.em, CONFLICTS, async (em) => {
      const row = await em.findOne(WorkspaceEntity, id, FOR_CHANGE);
      if (row === null || !authorize(access, 'workspace.update', toResource(row))) return notFound('workspace', 'id');
      const checked = checkInput(updateRules, input);
      if (!checked.ok) return checked;
      const stale = findStaleness(row, expectedVersion);
      if (stale !== undefined) return stale;
      if (checked.value.name !== undefined) row.name = checked.value.name;
      row.updatedAt = new Date(this.#parts.clock.nowMs());
      await em.flush();
      return ok({ value: row, revision: null });
    });
  }

  /** Its members, keys, grants, credentials and own servers go with it. */
  async delete(access: Access, id: string, expectedVersion?: number | null): Promise<ChangeResult<string>> {
    return write(this.#parts.em, CONFLICTS, async (em) => {
      const row = await em.findOne(WorkspaceEntity, id, FOR_CHANGE);
      if (row === null || !authorize(access, 'workspace.delete', toResource(row))) return ok({ value: id, revision: null });
      const stale = findStaleness(row, expectedVersion);
      if (stale !== undefined) return stale;
      const documents = [documentNames.workspace(id), ...(await this.#parts.findDocuments(em, id))];
      em.remove(row);
      await em.flush();
      return ok({ value: id, revision: await this.#parts.outbox.mark(em, documents) });
    });
  }
}

/** A workspace, as far as access to it depends on it. */
export function toResource(row: { readonly id: string; readonly organizationId: string }): { organizationId: string; workspaceId: string } {
  return { organizationId: row.organizationId, workspaceId: row.id };
}
