import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import type { Clock } from '../../foundation/clock.ts';
import { ok } from '../../foundation/result.ts';
import { checkInput, nameRule, slugRule } from '../api/check-input.ts';
import { newId } from '../api/ids.ts';
import type { ChangeResult } from '../api/payload.ts';
import { notFound, UserErrorCode } from '../api/user-error.ts';
import { authorize, toActorName, type Access } from '../authorization/index.ts';
import { readCreated, runOnce } from '../database/run-once.ts';
import { findStaleness, FOR_CHANGE, write, type Conflicts } from '../database/write.ts';
import { OrganizationEntity, type Organization } from './organization.entity.ts';
import type { OrganizationCreateInput, OrganizationUpdateInput } from './organization.input.ts';

const createRules = z.object({ slug: slugRule, name: nameRule });
const updateRules = z.object({ name: nameRule.optional() });

const DEPENDENTS = {
  code: UserErrorCode.HAS_DEPENDENTS,
  message: 'Delete the workspaces and MCP servers of the organization first.',
  field: ['id'],
};
const CONFLICTS: Conflicts = {
  organizations_slug_key: { code: UserErrorCode.TAKEN, message: 'Another organization has this slug.', field: ['input', 'slug'] },
  workspaces_organization_id_fkey: DEPENDENTS,
  mcp_servers_organization_id_fkey: DEPENDENTS,
};

/** The write model of organizations. */
export class OrganizationService {
  readonly #em: EntityManager;
  readonly #clock: Clock;

  constructor(em: EntityManager, clock: Clock) {
    this.#em = em;
    this.#clock = clock;
  }

  async create(access: Access, input: OrganizationCreateInput, key?: string | null): Promise<ChangeResult<Organization>> {
    authorize(access, 'organization.create', {});
    const checked = checkInput(createRules, input);
    if (!checked.ok) return checked;
    return write(this.#em, CONFLICTS, async (em) => {
      const answer = await runOnce(em, { caller: toActorName(access.actor), operation: 'organizationCreate', key, input }, async () => {
        const now = new Date(this.#clock.nowMs());
        const row = em.create(OrganizationEntity, {
          id: newId('Organization'),
          ...checked.value,
          createdAt: now,
          updatedAt: now,
          version: 1,
        });
        await em.flush();
        return ok({ value: { id: row.id, revision: null }, revision: null });
      });
      if (!answer.ok) return answer;
      return readCreated(em, OrganizationEntity, answer.value.value);
    });
  }

  async update(
    access: Access,
    id: string,
    input: OrganizationUpdateInput,
    expectedVersion?: number | null,
  ): Promise<ChangeResult<Organization>> {
    return write(this.#em, CONFLICTS, async (em) => {
      const row = await em.findOne(OrganizationEntity, id, FOR_CHANGE);
      if (row === null || !authorize(access, 'organization.update', { organizationId: id })) return notFound('organization', 'id');
      const checked = checkInput(updateRules, input);
      if (!checked.ok) return checked;
      const stale = findStaleness(row, expectedVersion);
      if (stale !== undefined) return stale;
      if (checked.value.name !== undefined) row.name = checked.value.name;
      row.updatedAt = new Date(this.#clock.nowMs());
      await em.flush();
      return ok({ value: row, revision: null });
    });
  }

  /** Its people and their keys go with it; workspaces and servers must be gone before. */
  async delete(access: Access, id: string, expectedVersion?: number | null): Promise<ChangeResult<string>> {
    return write(this.#em, CONFLICTS, async (em) => {
      const row = await em.findOne(OrganizationEntity, id, FOR_CHANGE);
      if (row === null || !authorize(access, 'organization.delete', { organizationId: id })) return ok({ value: id, revision: null });
      const stale = findStaleness(row, expectedVersion);
      if (stale !== undefined) return stale;
      em.remove(row);
      await em.flush();
      return ok({ value: id, revision: null });
    });
  }
}
