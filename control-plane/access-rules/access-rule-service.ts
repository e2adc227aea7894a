import type { EntityManager } from '@mikro-orm/postgresql';
import type { z } from 'zod';
import { ACCESS_BOUNDS } from '../../contract/access-rule.ts';
import type { Clock } from '../../foundation/clock.ts';
import { err, ok } from '../../foundation/result.ts';
import { checkInput } from '../api/check-input.ts';
import { newId } from '../api/ids.ts';
import type { ChangeResult } from '../api/payload.ts';
import { notFound, userError, UserErrorCode, type UserError } from '../api/user-error.ts';
import { authorize, decide, toActorName, type Access } from '../authorization/index.ts';
import type { Outbox } from '../database/outbox.ts';
import { readCreated, runOnce } from '../database/run-once.ts';
import { findStaleness, FOR_CHANGE, write, type Conflicts } from '../database/write.ts';
import { findCallerFaults, findEffectFault, ruleChange, ruleDraft, toCallerSelector } from './access-rule-checks.ts';
import { readRulePlace, type RuleParent, type RulePlace } from './access-rule-place.ts';
import { AccessRuleEntity, type AccessRule } from './access-rule.entity.ts';
import type { AccessRuleCreateInput, AccessRuleUpdateInput } from './access-rule.input.ts';

const TAKEN: UserError = {
  code: UserErrorCode.TAKEN,
  message: 'Another rule of the same server or grant has this name.',
  field: ['input', 'name'],
};
const CONFLICTS: Conflicts = { access_rules_server_name_key: TAKEN, access_rules_grant_name_key: TAKEN };

/** What the write model works with. */
export interface AccessRuleServiceParts {
  readonly em: EntityManager;
  readonly clock: Clock;
  readonly outbox: Outbox;
}

/** The write model of access rules. */
export class AccessRuleService {
  readonly #parts: AccessRuleServiceParts;

  constructor(parts: AccessRuleServiceParts) {
    this.#parts = parts;
  }

  create(access: Access, input: AccessRuleCreateInput, key?: string | null): Promise<ChangeResult<AccessRule>> {
    return write(this.#parts.em, CONFLICTS, async (em) => {
      const parent = { mcpServerId: input.mcpServerId ?? null, accessGrantId: input.accessGrantId ?? null };
      const field = parent.mcpServerId === null ? 'accessGrantId' : 'mcpServerId';
      if ((parent.mcpServerId === null) === (parent.accessGrantId === null)) {
        return userError(UserErrorCode.INVALID, 'Give either the server or the grant that the rule is for.', 'input', field);
      }
      const place = await readRulePlace(em, parent, true);
      if (place === undefined || !authorize(access, 'access_rule.write', place.resource)) {
        return notFound(parent.mcpServerId === null ? 'grant' : 'MCP server', 'input', field);
      }
      const checked = await checkDraft(em, place, input);
      if (!checked.ok) return checked;
      const answer = await runOnce(em, { caller: toActorName(access.actor), operation: 'accessRuleCreate', key, input }, async () => {
        if ((await em.count(AccessRuleEntity, { ...parent })) >= ACCESS_BOUNDS.rulesPerLevel) return err([TOO_MANY]);
        const now = new Date(this.#parts.clock.nowMs());
        const id = newId('AccessRule');
        em.create(AccessRuleEntity, {
          id,
          ...parent,
          ...toColumns(checked.value),
          createdAt: now,
          updatedAt: now,
          version: 1,
        } as AccessRule);
        const revision = await this.#parts.outbox.mark(em, [place.document]);
        return ok({ value: { id, revision }, revision });
      });
      if (!answer.ok) return answer;
      return readCreated(em, AccessRuleEntity, answer.value.value);
    });
  }

  update(access: Access, id: string, input: AccessRuleUpdateInput, expectedVersion?: number | null): Promise<ChangeResult<AccessRule>> {
    return write(this.#parts.em, CONFLICTS, async (em) => {
      const found = await loadWritable(em, access, id);
      if (found === undefined) return notFound('rule', 'id');
      const { row, place } = found;
      const stale = findStaleness(row, expectedVersion);
      if (stale !== undefined) return stale;
      const checked = checkInput(ruleChange, input);
      if (!checked.ok) return checked;
      em.assign(row, { ...toColumns(checked.value), updatedAt: new Date(this.#parts.clock.nowMs()) });
      const effectFault = findEffectFault(row.effect, row.condition);
      const faults = [
        ...(effectFault === undefined ? [] : [effectFault]),
        ...(await findCallerFaults(em, place.organizationId, row.callers)),
      ];
      if (checked.value.callers === undefined ? effectFault !== undefined : faults.length > 0) return err(faults);
      await em.flush();
      return ok({ value: row, revision: await this.#parts.outbox.mark(em, [place.document]) });
    });
  }

  /** The rule stops to restrict with the revision in the answer. */
  delete(access: Access, id: string, expectedVersion?: number | null): Promise<ChangeResult<string>> {
    return write(this.#parts.em, CONFLICTS, async (em) => {
      const found = await loadWritable(em, access, id);
      if (found === undefined) return ok({ value: id, revision: null });
      const stale = findStaleness(found.row, expectedVersion);
      if (stale !== undefined) return stale;
      em.remove(found.row);
      return ok({ value: id, revision: await this.#parts.outbox.mark(em, [found.place.document]) });
    });
  }
}

const TOO_MANY: UserError = {
  code: UserErrorCode.LIMIT_REACHED,
  message: `A server or grant has at most ${ACCESS_BOUNDS.rulesPerLevel} rules.`,
};

async function checkDraft(em: EntityManager, place: RulePlace, input: AccessRuleCreateInput) {
  const checked = checkInput(ruleDraft, input);
  if (!checked.ok) return checked;
  const { effect, condition, callers } = checked.value;
  const effectFault = findEffectFault(effect, condition);
  const faults = [
    ...(effectFault === undefined ? [] : [effectFault]),
    ...(callers == null ? [] : await findCallerFaults(em, place.organizationId, toCallerSelector(callers))),
  ];
  if (faults.length > 0) return err(faults);
  const everything = { kinds: [], patterns: [] };
  const everybody = { userIds: [], organizationRoles: [], workspaceRoles: [], groups: [], apiKeyIds: [], serviceKeys: false };
  return ok({
    ...checked.value,
    description: checked.value.description ?? null,
    capabilities: checked.value.capabilities ?? everything,
    callers: callers ?? everybody,
    condition: condition ?? null,
  });
}

/** Absent leaves the value, null clears it, anything else sets it. */
function toColumns({ capabilities, callers, ...rest }: z.infer<typeof ruleChange>): Partial<AccessRule> {
  const set = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)) as Partial<AccessRule>;
  return {
    ...set,
    ...(capabilities !== undefined && { capabilityKinds: capabilities.kinds, capabilityPatterns: capabilities.patterns }),
    ...(callers !== undefined && { callers: toCallerSelector(callers) }),
  };
}

/**
 * A rule that the caller sees and may change.
 * @throws {AccessError} where the caller sees it, but may not change it.
 */
async function loadWritable(em: EntityManager, access: Access, id: string): Promise<{ row: AccessRule; place: RulePlace } | undefined> {
  const row = await em.findOne(AccessRuleEntity, id, FOR_CHANGE);
  const place = row === null ? undefined : await readRulePlace(em, toParent(row));
  if (row === null || place === undefined || decide(access, 'access_rule.read', place.resource) !== 'allowed') return undefined;
  return authorize(access, 'access_rule.write', place.resource) ? { row, place } : undefined;
}

function toParent({ mcpServerId, accessGrantId }: AccessRule): RuleParent {
  return { mcpServerId: mcpServerId ?? null, accessGrantId: accessGrantId ?? null };
}
