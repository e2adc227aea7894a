import type { EntityManager } from '@mikro-orm/postgresql';
import { noteAction, noteChange } from '../../database/change-notes.ts';
import type { ChangeAuthor } from '../../database/change-origin.ts';
import type { SignInMethod } from '../sessions/web-sessions.ts';

/** Somebody who did not get in. */
export interface FailedSignIn {
  readonly by: SignInMethod;
  /** A reason of a refusal, or words of ours; never what somebody entered. */
  readonly reason: string;
  /** From now on, attempts are not looked at for a while. */
  readonly isLocked?: boolean;
}

const NOBODY: ChangeAuthor = { actorKind: 'ANONYMOUS', actorId: null, credentialKind: 'NONE', credentialId: null };
/** Accounts of one e-mail address that an attempt is noted for. */
const MAX_ACCOUNTS = 5;

/**
 * Stores that somebody did not get in, for each account that they may have meant; for an address that nobody has, once, for the instance
 * administrator. What was entered is not kept: people enter passwords in the wrong field.
 */
export async function recordFailedPassword(em: EntityManager, email: string, failed: FailedSignIn): Promise<void> {
  const accounts = await em
    .fork()
    .execute<{ id: string }[]>(`SELECT id FROM users WHERE email_key = ? ORDER BY created_at, id LIMIT ${MAX_ACCOUNTS}`, [
      email.toLowerCase(),
    ]);
  if (accounts.length === 0) return recordFailedSignIn(em, { kind: 'User', id: 'unknown', organizationId: null }, failed);
  for (const { id } of accounts) await recordFailedSignIn(em, { kind: 'User', id }, failed);
}

/** Stores that somebody did not get in to what the resource names. */
export function recordFailedSignIn(
  em: EntityManager,
  { kind, id, organizationId }: { readonly kind: string; readonly id: string; readonly organizationId?: string | null },
  { by, reason, isLocked = false }: FailedSignIn,
): Promise<void> {
  return em.fork().transactional((inner) => {
    noteAction(inner, isLocked ? 'signInLocked' : 'signInFailed', { author: NOBODY, organizationId });
    noteChange(inner, { kind, id, after: { by, reason }, isUse: true });
    return Promise.resolve();
  });
}
