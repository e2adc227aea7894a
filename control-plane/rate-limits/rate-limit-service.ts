import type { EntityManager } from '@mikro-orm/postgresql';
import { MAX_LIMITS } from '../../contract/rate-limit.ts';
import { documentNames } from '../../contract/snapshot.ts';
import type { Clock } from '../../foundation/clock.ts';
import { err, ok } from '../../foundation/result.ts';
import { checkInput } from '../api/check-input.ts';
import { newId } from '../api/ids.ts';
import type { ChangeResult } from '../api/payload.ts';
import { notFound, userError, UserErrorCode } from '../api/user-error.ts';
import { authorize, toActorName, type Access } from '../authorization/index.ts';
import type { Outbox } from '../database/outbox.ts';
import { readCreated, runOnce } from '../database/run-once.ts';
import { findStaleness, FOR_CHANGE, write, type Conflicts } from '../database/write.ts';
import { OrganizationEntity } from '../organizations/index.ts';
import { findScopeFaults } from './limit-scope.ts';
import { createRules, storedRules, updateRules } from './rate-limit-rules.ts';
import { RateLimitEntity, type RateLimitRow } from './rate-limit.entity.ts';
import type { RateLimitCreateInput, RateLimitUpdateInput } from './rate-limit.input.ts';

const CONFLICTS: Conflicts = {
  rate_limits_name_key: {
    code: UserErrorCode.TAKEN,
    message: 'The organization has a limit with this name already.',
    field: ['input', 'name'],
  },
};

/** What the write model works with. */
export interface RateLimitServiceParts {
  readonly em: EntityManager;
  readonly clock: Clock;
  readonly outbox: Outbox;
}

/** The write model of limits. All limits of an organization are one document, so that is what each change names. */
export class RateLimitService {
  readonly #parts: RateLimitServiceParts;

  constructor(parts: RateLimitServiceParts) {
    this.#parts = parts;
  }

  async create(access: Access, input: RateLimitCreateInput, key?: string | null): Promise<ChangeResult<RateLimitRow>> {
    const { organizationId, workspaceId = null } = input;
    return write(this.#parts.em, CONFLICTS, async (em) => {
      // Locked, so that limits are counted one creation after the other.
      const organization = await em.findOne(OrganizationEntity, organizationId, FOR_CHANGE);
      if (organization === null || !authorize(access, 'rate_limit.write', { organizationId, workspaceId })) {
        return notFound('organization', 'input', 'organizationId');
      }
      const checked = checkInput(createRules, input);
      if (!checked.ok) return checked;
      const faults = await findScopeFaults(em, input);
      if (faults.length > 0) return err(faults);
      const request = { caller: toActorName(access.actor), operation: 'rateLimitCreate', key, input };
      const answer = await runOnce(em, request, async () => {
        if ((await em.count(RateLimitEntity, { organizationId })) >= MAX_LIMITS) {
          return userError(UserErrorCode.LIMIT_REACHED, `An organization has at most ${MAX_LIMITS} limits.`);
        }
        const now = new Date(this.#parts.clock.nowMs());
        const id = newId('RateLimit');
        em.create(RateLimitEntity, { ...toRow(input), id, createdAt: now, updatedAt: now, version: 1 });
        const revision = await this.#mark(em, organizationId);
        return ok({ value: { id, revision }, revision });
      });
      if (!answer.ok) return answer;
      return readCreated(em, RateLimitEntity, answer.value.value);
    });
  }

  async update(
    access: Access,
    id: string,
    input: RateLimitUpdateInput,
    expectedVersion?: number | null,
  ): Promise<ChangeResult<RateLimitRow>> {
    return write(this.#parts.em, CONFLICTS, async (em) => {
      const row = await em.findOne(RateLimitEntity, id, FOR_CHANGE);
      if (row === null || !authorize(access, 'rate_limit.write', row)) return notFound('limit', 'id');
      const stale = findStaleness(row, expectedVersion);
      if (stale !== undefined) return stale;
      const checked = checkInput(updateRules, input);
      if (!checked.ok) return checked;
      const changes = Object.fromEntries(Object.entries(checked.value).filter(([, value]) => value !== undefined));
      const stored = checkInput(storedRules, { ...row, ...changes });
      if (!stored.ok) return stored;
      em.assign(row, { ...changes, updatedAt: new Date(this.#parts.clock.nowMs()) });
      await em.flush();
      return ok({ value: row, revision: await this.#mark(em, row.organizationId) });
    });
  }

  async delete(access: Access, id: string, expectedVersion?: number | null): Promise<ChangeResult<string>> {
    return write(this.#parts.em, CONFLICTS, async (em) => {
      const row = await em.findOne(RateLimitEntity, id, FOR_CHANGE);
      if (row === null || !authorize(access, 'rate_limit.write', row)) return ok({ value: id, revision: null });
      const stale = findStaleness(row, expectedVersion);
      if (stale !== undefined) return stale;
      em.remove(row);
      return ok({ value: id, revision: await this.#mark(em, row.organizationId) });
    });
  }

  #mark(em: EntityManager, organizationId: string): Promise<number> {
    return this.#parts.outbox.mark(em, [documentNames.limits(organizationId)]);
  }
}

function toRow(input: RateLimitCreateInput) {
  const { organizationId, name, workspaceId, userId, apiKeyId, mcpServerId, toolName, countBy } = input;
  const { maxRequests, windowSeconds, maxConcurrent } = input;
  return {
    organizationId,
    name,
    workspaceId,
    userId,
    apiKeyId,
    mcpServerId,
    toolName,
    countBy,
    maxRequests,
    windowSeconds,
    maxConcurrent,
  };
}
