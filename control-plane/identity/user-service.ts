import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import type { Clock } from '../../foundation/clock.ts';
import { err, ok } from '../../foundation/result.ts';
import { checkInput, emailRule, nameRule } from '../api/check-input.ts';
import { newId } from '../api/ids.ts';
import type { ChangeResult } from '../api/payload.ts';
import { notFound, userError, UserErrorCode, type UserError } from '../api/user-error.ts';
import { authorize, toActorName, type Access, type OrganizationRole } from '../authorization/index.ts';
import type { FindDocuments, Outbox } from '../database/outbox.ts';
import { readCreated, runOnce } from '../database/run-once.ts';
import { findStaleness, FOR_CHANGE, write, type Conflicts } from '../database/write.ts';
import { UserEntity, type User } from './user.entity.ts';
import { isUserVisible } from './user-queries.ts';
import { endSessions } from './sessions/web-sessions.ts';
import type { UserCreateInput, UserUpdateInput } from './user.input.ts';

const roleRule = z.enum(['OWNER', 'ADMIN', 'MEMBER', 'AUDITOR']);
const createRules = z.object({ email: emailRule, name: nameRule, role: roleRule });
const updateRules = z.object({ name: nameRule.optional(), role: roleRule.optional() });

const CONFLICTS: Conflicts = {
  users_email_key: {
    code: UserErrorCode.TAKEN,
    message: 'Somebody in the organization has this e-mail address.',
    field: ['input', 'email'],
  },
};

const OWNERS_ONLY: UserError = { code: UserErrorCode.INVALID, message: 'Only an owner makes or changes owners.', field: ['input', 'role'] };
const LAST_OWNER = 'This is the last owner who is enabled. Make somebody else an owner first.';

/** What the write model works with. */
export interface UserServiceParts {
  readonly em: EntityManager;
  readonly clock: Clock;
  readonly outbox: Outbox;
  /** What a person is in: the workspaces with them or their keys, their credentials, and where tokens of others name them. */
  readonly findDocuments: FindDocuments;
}

/** The write model of people. */
export class UserService {
  readonly #parts: UserServiceParts;

  constructor(parts: UserServiceParts) {
    this.#parts = parts;
  }

  async create(access: Access, input: UserCreateInput, key?: string | null): Promise<ChangeResult<User>> {
    const { organizationId } = input;
    return write(this.#parts.em, CONFLICTS, async (em) => {
      if (!authorize(access, 'user.write', { organizationId })) return notFound('organization', 'input', 'organizationId');
      const checked = checkInput(createRules, input);
      if (!checked.ok) return checked;
      if (checked.value.role === 'OWNER' && !isOwner(access, organizationId)) return err([OWNERS_ONLY]);
      if (!(await lockOrganization(em, organizationId))) return notFound('organization', 'input', 'organizationId');
      const answer = await runOnce(em, { caller: toActorName(access.actor), operation: 'userCreate', key, input }, async () => {
        const now = new Date(this.#parts.clock.nowMs());
        const emailKey = checked.value.email.toLowerCase();
        const row = em.create(UserEntity, {
          id: newId('User'),
          organizationId,
          ...checked.value,
          emailKey,
          enabled: true,
          groups: [],
          createdAt: now,
          updatedAt: now,
          version: 1,
        });
        await em.flush();
        const documents = await this.#parts.findDocuments(em, row.id);
        const revision = documents.length > 0 ? await this.#parts.outbox.mark(em, documents) : null;
        return ok({ value: { id: row.id, revision }, revision });
      });
      if (!answer.ok) return answer;
      return readCreated(em, UserEntity, answer.value.value);
    });
  }

  update(access: Access, id: string, input: UserUpdateInput, expectedVersion?: number | null): Promise<ChangeResult<User>> {
    return this.#change(access, id, expectedVersion, async (em, row) => {
      const checked = checkInput(updateRules, input);
      if (!checked.ok) return checked;
      const { name, role } = checked.value;
      const isRoleChange = role !== undefined && role !== row.role;
      if (isRoleChange) {
        const refusal = await findRoleRefusal(em, access, row, role);
        if (refusal !== undefined) return err([refusal]);
        row.role = role;
      }
      if (name !== undefined) row.name = name;
      // Rules may be about the role.
      return ok(isRoleChange ? await this.#parts.findDocuments(em, id) : null);
    });
  }

  /** Their keys work, or stop working, with the revision in the answer. */
  setEnabled(access: Access, id: string, enabled: boolean, expectedVersion?: number | null): Promise<ChangeResult<User>> {
    return this.#change(access, id, expectedVersion, async (em, row) => {
      if (row.enabled === enabled) return ok(null);
      if (row.role === 'OWNER' && !isOwner(access, row.organizationId)) return err([OWNERS_ONLY]);
      if (!enabled && (await isLastOwner(em, row))) return userError(UserErrorCode.INVALID, LAST_OWNER, 'id');
      row.enabled = enabled;
      if (!enabled) await endSessions(em, id);
      return ok(await this.#parts.findDocuments(em, id));
    });
  }

  /** Memberships, keys and credentials of the person go with them. */
  async delete(access: Access, id: string, expectedVersion?: number | null): Promise<ChangeResult<string>> {
    return write(this.#parts.em, CONFLICTS, async (em) => {
      const row = await em.findOne(UserEntity, id, FOR_CHANGE);
      if (row === null || !mayWrite(access, row)) return ok({ value: id, revision: null });
      const stale = findStaleness(row, expectedVersion);
      if (stale !== undefined) return stale;
      if (row.role === 'OWNER' && !isOwner(access, row.organizationId)) return err([OWNERS_ONLY]);
      await lockOrganization(em, row.organizationId);
      if (await isLastOwner(em, row)) return userError(UserErrorCode.INVALID, LAST_OWNER, 'id');
      const documents = await this.#parts.findDocuments(em, id);
      em.remove(row);
      return ok({ value: id, revision: documents.length > 0 ? await this.#parts.outbox.mark(em, documents) : null });
    });
  }

  /** The frame of every change: visible, allowed, not stale; then the change itself, which names the documents it touched. */
  #change(
    access: Access,
    id: string,
    expectedVersion: number | null | undefined,
    change: (
      em: EntityManager,
      row: User,
    ) => Promise<{ ok: true; value: readonly string[] | null } | { ok: false; error: readonly UserError[] }>,
  ): Promise<ChangeResult<User>> {
    return write(this.#parts.em, CONFLICTS, async (em) => {
      const row = await em.findOne(UserEntity, id, FOR_CHANGE);
      if (row === null || !mayWrite(access, row)) return notFound('user', 'id');
      const stale = findStaleness(row, expectedVersion);
      if (stale !== undefined) return stale;
      await lockOrganization(em, row.organizationId);
      const before = { name: row.name, role: row.role, enabled: row.enabled };
      const changed = await change(em, row);
      if (!changed.ok) return changed;
      const isChanged = before.name !== row.name || before.role !== row.role || before.enabled !== row.enabled;
      if (isChanged) row.updatedAt = new Date(this.#parts.clock.nowMs());
      await em.flush();
      const documents = changed.value ?? [];
      return ok({ value: row, revision: documents.length > 0 ? await this.#parts.outbox.mark(em, documents) : null });
    });
  }
}

/**
 * Whether the caller may change a person. Whoever does not see them learns nothing of them.
 * @throws {AccessError} where the caller sees them, but may not do this.
 */
export function mayWrite(access: Access, { id, organizationId }: User): boolean {
  return isUserVisible(access, organizationId, id) && authorize(access, 'user.write', { organizationId });
}

async function findRoleRefusal(em: EntityManager, access: Access, row: User, role: OrganizationRole): Promise<UserError | undefined> {
  if ((row.role === 'OWNER' || role === 'OWNER') && !isOwner(access, row.organizationId)) return OWNERS_ONLY;
  if (await isLastOwner(em, row)) return { code: UserErrorCode.INVALID, message: LAST_OWNER, field: ['input', 'role'] };
  return undefined;
}

/** Serializes changes of roles: two owners who remove each other at the same moment must not both succeed. */
export async function lockOrganization(em: EntityManager, organizationId: string): Promise<boolean> {
  const rows = await em.execute<unknown[]>('SELECT id FROM organizations WHERE id = ? FOR UPDATE', [organizationId]);
  return rows.length > 0;
}

/** Whether nobody else who can sign in owns the organization. */
export async function isLastOwner(em: EntityManager, row: User): Promise<boolean> {
  if (row.role !== 'OWNER' || !row.enabled) return false;
  const others = await em.execute<unknown[]>(
    `SELECT id FROM users WHERE organization_id = ? AND role = 'OWNER' AND enabled AND NOT is_locked(id) AND id <> ? LIMIT 1`,
    [row.organizationId, row.id],
  );
  return others.length === 0;
}

/** Owners are made and changed by owners only. */
export function isOwner({ actor, organizationRoles }: Access, organizationId: string): boolean {
  return actor.kind === 'instance_admin' || organizationRoles.get(organizationId) === 'OWNER';
}
