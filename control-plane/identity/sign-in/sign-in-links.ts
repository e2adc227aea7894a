// Trust boundary: links by which a person gets in without a password, to choose one. A link is made for one person by somebody who
// may administer them, is shown once, works once, and is stored as a hash.
import { createHash, randomBytes } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import type { KeyRing } from '../../../contract/key-ring.ts';
import { openSecret, sealSecret } from '../../../contract/sealed-secret.ts';
import type { Clock } from '../../../foundation/clock.ts';
import type { Logger } from '../../../foundation/logger.ts';
import { err, ok, type Result } from '../../../foundation/result.ts';
import { checkInput } from '../../api/check-input.ts';
import type { ChangeResult } from '../../api/payload.ts';
import { notFound, UserErrorCode, userError } from '../../api/user-error.ts';
import { toActorName, type Access } from '../../authorization/index.ts';
import { noteChange } from '../../database/change-notes.ts';
import { identifyAuthor } from '../../database/change-origin.ts';
import { isLocked } from '../../database/is-locked.ts';
import { runOnce, type FirstAnswer } from '../../database/run-once.ts';
import { FOR_CHANGE, write } from '../../database/write.ts';
import type { Busy, PasswordChecks } from '../passwords/password-checks.ts';
import { findPasswordFault } from '../passwords/password-rules.ts';
import { storePassword } from '../passwords/stored-password.ts';
import { isOwner, mayWrite } from '../user-service.ts';
import { UserEntity, type User } from '../user.entity.ts';

/** A link as it is shown once. */
export interface SignInLink {
  readonly url: string;
  readonly expiresAt: Date;
}

/** Why a link was not taken. */
export type LinkRefusal =
  | Busy
  /** Used, replaced, expired, or never made. */
  | { readonly reason: 'gone' }
  | { readonly reason: 'unusable'; readonly message: string };

/** What links work with. */
export interface SignInLinksParts {
  readonly em: EntityManager;
  readonly clock: Clock;
  readonly checks: PasswordChecks;
  readonly controlPlaneUrl: string;
  /** Seals a link for the repetitions of the request that made it. */
  readonly keyRing: KeyRing;
  readonly logger: Logger;
}

/** Below it, the path of each link. */
export const LINK_PATH = '/sign-in/link';

const TOKEN_BYTES = 32;
const MINUTE_MS = 60_000;
const LONGEST_LIFETIME_MINUTES = 7 * 24 * 60;
const rules = z.object({
  lifetimeMinutes: z
    .number()
    .int()
    .min(5, 'A link lives at least 5 minutes.')
    .max(LONGEST_LIFETIME_MINUTES, 'A link lives at most 10080 minutes, which are 7 days.'),
});

/** One-time links. */
export class SignInLinks {
  readonly #parts: SignInLinksParts;

  constructor(parts: SignInLinksParts) {
    this.#parts = parts;
  }

  /** The link in the answer is the only one of the person that works. */
  create(
    access: Access,
    input: { readonly userId: string; readonly lifetimeMinutes: number },
    key?: string | null,
  ): Promise<ChangeResult<SignInLink>> {
    return write(this.#parts.em, {}, async (em) => {
      const user = await em.findOne(UserEntity, input.userId, FOR_CHANGE);
      if (user === null || !mayWrite(access, user)) return notFound('user', 'input', 'userId');
      const checked = checkInput(rules, input);
      if (!checked.ok) return checked;
      const refusal = findRefusal(access, user);
      if (refusal !== undefined) return userError(UserErrorCode.INVALID, refusal, 'input', 'userId');
      const actor = toActorName(access.actor);
      const answer = await runOnce(em, { caller: actor, operation: 'userSignInLinkCreate', key, input }, async () => {
        this.#parts.logger.info({ event: 'sign_in_link_created', userId: user.id, actor }, 'a one-time link was made for a person');
        return ok({ value: await this.#insert(em, user, checked.value.lifetimeMinutes), revision: null });
      });
      return answer.ok ? this.#readLink(em, answer.value.value) : answer;
    });
  }

  /** Whom a link is for; looking at it does not use it up, because mail scanners and previews look too. */
  async read(token: string): Promise<User | undefined> {
    return this.#find(this.#parts.em.fork(), token);
  }

  /** Uses the link up and gives the person their password. @returns the id of the person. */
  async redeem(token: string, password: string): Promise<Result<string, LinkRefusal>> {
    const { checks, clock, logger } = this.#parts;
    const user = await this.read(token);
    if (user === undefined) return err({ reason: 'gone' });
    const fault = findPasswordFault(password, user);
    if (fault !== undefined) return err({ reason: 'unusable', message: fault });
    const hash = await checks.hash(password);
    if (!hash.ok) return hash;
    const isUsed = await this.#parts.em.fork().transactional(async (em) => {
      const taken = await em.execute<unknown[]>('DELETE FROM sign_in_links WHERE token_hash = ? RETURNING user_id', [hashToken(token)]);
      if (taken.length > 0) identifyAuthor({ actorKind: 'USER', actorId: user.id, credentialKind: 'NONE', credentialId: null });
      if (taken.length > 0) await storePassword(em, user.id, hash.value, new Date(clock.nowMs()));
      return taken.length > 0;
    });
    if (!isUsed) return err({ reason: 'gone' });
    logger.info({ event: 'password_changed', by: 'link', userId: user.id }, 'a person chose a password by a one-time link');
    return ok(user.id);
  }

  async #insert(em: EntityManager, user: User, lifetimeMinutes: number): Promise<FirstAnswer> {
    noteChange(em, { kind: 'User', id: user.id, before: { signInLink: null }, after: { signInLink: `for ${lifetimeMinutes} minutes` } });
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    await em.execute(
      `INSERT INTO sign_in_links (user_id, token_hash, expires_at) VALUES (?, ?, ?)
       ON CONFLICT (user_id) DO UPDATE SET token_hash = excluded.token_hash, expires_at = excluded.expires_at`,
      [user.id, hashToken(token), new Date(this.#parts.clock.nowMs() + lifetimeMinutes * MINUTE_MS)],
    );
    return { id: user.id, revision: null, sealed: sealSecret(this.#parts.keyRing, tokenOwner(user.id), token) };
  }

  /** The link that a request made, as far as it still works: a repetition may come after it was used. */
  async #readLink(em: EntityManager, { id, sealed = '' }: FirstAnswer): Promise<ChangeResult<SignInLink>> {
    const opened = openSecret(this.#parts.keyRing, tokenOwner(id), sealed);
    const token = opened.ok ? opened.value : '';
    const found = await this.#findRow(em, token);
    if (found !== undefined)
      return ok({ value: { url: `${this.#parts.controlPlaneUrl}${LINK_PATH}/${token}`, expiresAt: found.expiresAt }, revision: null });
    return userError(
      UserErrorCode.NOT_FOUND,
      'The link that this request made the first time was used or replaced since. Use a new idempotency key to make another.',
      'idempotencyKey',
    );
  }

  async #find(em: EntityManager, token: string): Promise<User | undefined> {
    const found = await this.#findRow(em, token);
    if (found === undefined || (await isLocked(em, found.userId))) return undefined;
    return (await em.findOne(UserEntity, { id: found.userId, enabled: true })) ?? undefined;
  }

  async #findRow(em: EntityManager, token: string): Promise<{ userId: string; expiresAt: Date } | undefined> {
    const [row] = await em.execute<{ user_id: string; expires_ms: number }[]>(
      `SELECT user_id, extract(epoch FROM expires_at)::float8 * 1000 AS expires_ms FROM sign_in_links WHERE token_hash = ? AND expires_at > ?`,
      [hashToken(token), new Date(this.#parts.clock.nowMs())],
    );
    return row === undefined ? undefined : { userId: row.user_id, expiresAt: new Date(row.expires_ms) };
  }
}

/** Whoever has the link is that person: an administrator would make themselves an owner by one. */
function findRefusal(access: Access, user: User): string | undefined {
  if (user.role === 'OWNER' && !isOwner(access, user.organizationId)) return 'Only an owner makes a link for an owner.';
  return user.enabled ? undefined : 'This person is disabled. Enable them first.';
}

function tokenOwner(userId: string): string {
  return `sign-in-link:${userId}:token`;
}

function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
