import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import type { Clock } from '../../foundation/clock.ts';
import { ok } from '../../foundation/result.ts';
import { checkInput } from '../api/check-input.ts';
import { newId } from '../api/ids.ts';
import type { ChangeResult } from '../api/payload.ts';
import { notFound, userError, UserErrorCode } from '../api/user-error.ts';
import { authorize, toActorName, type Access } from '../authorization/index.ts';
import type { Outbox } from '../database/outbox.ts';
import { readCreated, runOnce } from '../database/run-once.ts';
import { findStaleness, FOR_CHANGE, write, type Conflicts } from '../database/write.ts';
import { endSessions, isLastOwner, isOwner, lockOrganization, type User } from '../identity/index.ts';
import { maySeeLockdowns } from './lockdown-queries.ts';
import { lockSubject, type LockdownSubject, type SubjectDocuments } from './lockdown-subject.ts';
import { LockdownEntity, toSubjectId, type Lockdown } from './lockdown.entity.ts';
import type { LockdownCreateInput, LockdownUpdateInput } from './lockdown.input.ts';

const CONFLICTS: Conflicts = {
  lockdowns_subject_key: { code: UserErrorCode.TAKEN, message: 'It is under lockdown already.', field: ['input', 'subjectId'] },
};

const reasonRule = z.string().max(2_000, 'A reason has at most 2,000 characters.').nullish();
const createRules = z.object({ reason: reasonRule });

/** What the write model works with. */
export interface LockdownServiceParts {
  readonly em: EntityManager;
  readonly clock: Clock;
  readonly outbox: Outbox;
  readonly documents: SubjectDocuments;
}

/** The write model of lockdowns. What is under lockdown is left out of every document, so that is what each change names. */
export class LockdownService {
  readonly #parts: LockdownServiceParts;

  constructor(parts: LockdownServiceParts) {
    this.#parts = parts;
  }

  create(access: Access, input: LockdownCreateInput, key?: string | null): Promise<ChangeResult<Lockdown>> {
    return write(this.#parts.em, CONFLICTS, async (em) => {
      const subject = await lockSubject(em, this.#parts.documents, input.subjectId);
      if (subject === undefined || !mayWrite(access, subject.organizationId)) {
        return notFound('server, workspace, person or API key', 'input', 'subjectId');
      }
      const checked = checkInput(createRules, input);
      if (!checked.ok) return checked;
      const request = { caller: toActorName(access.actor), operation: 'lockdownCreate', key, input };
      const answer = await runOnce(em, request, async () => {
        const refusal = subject.user === undefined ? undefined : await findPersonRefusal(em, access, subject.user);
        if (refusal !== undefined) return refusal;
        const now = new Date(this.#parts.clock.nowMs());
        const id = newId('Lockdown');
        em.create(LockdownEntity, {
          id,
          organizationId: subject.organizationId,
          ...subject.place,
          reason: checked.value.reason ?? null,
          createdBy: access.actor.kind === 'user' ? access.actor.userId : null,
          createdAt: now,
          updatedAt: now,
          version: 1,
        });
        await em.flush();
        if (subject.user !== undefined) await endSessions(em, subject.user.id);
        const revision = await this.#mark(em, subject);
        return ok({ value: { id, revision }, revision });
      });
      if (!answer.ok) return answer;
      return readCreated(em, LockdownEntity, answer.value.value);
    });
  }

  update(access: Access, id: string, input: LockdownUpdateInput, expectedVersion?: number | null): Promise<ChangeResult<Lockdown>> {
    return write(this.#parts.em, CONFLICTS, async (em) => {
      const row = await lockWritable(em, access, id);
      if (row === undefined) return notFound('lockdown', 'id');
      const stale = findStaleness(row, expectedVersion);
      if (stale !== undefined) return stale;
      if (input.subjectId !== undefined && input.subjectId !== toSubjectId(row)) {
        return userError(UserErrorCode.IMMUTABLE, 'What is under lockdown never changes.', 'input', 'subjectId');
      }
      const checked = checkInput(createRules, input);
      if (!checked.ok) return checked;
      const { reason } = checked.value;
      if (reason !== undefined && reason !== row.reason) {
        row.reason = reason;
        row.updatedAt = new Date(this.#parts.clock.nowMs());
        await em.flush();
      }
      return ok({ value: row, revision: null });
    });
  }

  /** What was stopped works again, with the revision in the answer. */
  delete(access: Access, id: string, expectedVersion?: number | null): Promise<ChangeResult<string>> {
    return write(this.#parts.em, CONFLICTS, async (em) => {
      const row = await lockWritable(em, access, id);
      if (row === undefined) return ok({ value: id, revision: null });
      const stale = findStaleness(row, expectedVersion);
      if (stale !== undefined) return stale;
      const subject = await lockSubject(em, this.#parts.documents, toSubjectId(row));
      em.remove(row);
      await em.flush();
      return ok({ value: id, revision: subject === undefined ? null : await this.#mark(em, subject) });
    });
  }

  async #mark(em: EntityManager, subject: LockdownSubject): Promise<number | null> {
    const documents = await subject.findDocuments(em);
    return documents.length > 0 ? this.#parts.outbox.mark(em, documents) : null;
  }
}

/** @throws {AccessError} where the caller sees it, but may not change it. */
async function lockWritable(em: EntityManager, access: Access, id: string): Promise<Lockdown | undefined> {
  const row = await em.findOne(LockdownEntity, id, FOR_CHANGE);
  return row !== null && mayWrite(access, row.organizationId) ? row : undefined;
}

function mayWrite(access: Access, organizationId: string): boolean {
  return maySeeLockdowns(access, organizationId) && authorize(access, 'lockdown.write', { organizationId });
}

/** Owners are stopped by owners, and the last one by nobody: there would be nobody left to end it. */
async function findPersonRefusal(em: EntityManager, access: Access, user: User): Promise<ChangeResult<never> | undefined> {
  if (user.role === 'OWNER' && !isOwner(access, user.organizationId)) {
    return userError(UserErrorCode.INVALID, 'Only an owner stops an owner.', 'input', 'subjectId');
  }
  await lockOrganization(em, user.organizationId);
  if (!(await isLastOwner(em, user))) return undefined;
  return userError(
    UserErrorCode.INVALID,
    'This is the last owner who can sign in. Make somebody else an owner first.',
    'input',
    'subjectId',
  );
}
