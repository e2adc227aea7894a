// Trust boundary: an e-mail address and a password that somebody entered. Attempts are counted before anything is looked up, and
// whether the address is known, the person disabled or the password wrong, the answer is the same and takes the same time.
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Clock } from '../../../foundation/clock.ts';
import type { Logger } from '../../../foundation/logger.ts';
import { err, ok, type Result } from '../../../foundation/result.ts';
import { isOutdated } from '../passwords/password-hash.ts';
import type { Busy, PasswordChecks } from '../passwords/password-checks.ts';
import { findPasswordFault } from '../passwords/password-rules.ts';
import { readHash, replaceHash, storePassword } from '../passwords/stored-password.ts';
import { UserEntity } from '../user.entity.ts';
import { recordFailedPassword, recordFailedSignIn, type FailedSignIn } from './failed-sign-ins.ts';
import type { Attempt, Locked, SignInAttempts } from './sign-in-attempts.ts';

/** Who somebody says they are. */
export interface Credentials extends Attempt {
  readonly password: string;
  /** The slug of the organization whose account is meant; undefined where any of them may be. */
  readonly organization: string | undefined;
}

/** An organization that a person can choose. */
export interface OrganizationChoice {
  readonly slug: string;
  readonly name: string;
}

/** Why nobody is signed in. */
export type SignInRefusal =
  | Locked
  | Busy
  /** The address is not known, the person may not sign in, or the password is another one. */
  | { readonly reason: 'wrong' }
  /** The password is that of accounts in several organizations. */
  | { readonly reason: 'several'; readonly organizations: readonly OrganizationChoice[] };

/** Why a password was not changed. */
export type ChangeRefusal = Locked | Busy | { readonly reason: 'wrong' } | { readonly reason: 'unusable'; readonly message: string };

/** What signing in by a password works with. */
export interface PasswordSignInParts {
  readonly em: EntityManager;
  readonly clock: Clock;
  readonly attempts: SignInAttempts;
  readonly checks: PasswordChecks;
  readonly logger: Logger;
}

/** Accounts of one e-mail address that are looked at: each costs a computation. */
const MAX_CANDIDATES = 5;

interface Candidate {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly hash: string;
}

/** Signs people in by their password, and lets them change it. */
export class PasswordSignIn {
  readonly #parts: PasswordSignInParts;

  constructor(parts: PasswordSignInParts) {
    this.#parts = parts;
  }

  /** @returns the id of the person. */
  async signIn(credentials: Credentials): Promise<Result<string, SignInRefusal>> {
    const { attempts, logger } = this.#parts;
    const begun = await attempts.begin(credentials);
    if (!begun.ok) return this.#refuse(credentials, begun.error);
    const matching = await this.#findMatching(credentials);
    if (!matching.ok) {
      await attempts.forget(credentials);
      return this.#refuse(credentials, matching.error);
    }
    const [only, ...others] = matching.value;
    if (only === undefined) return this.#refuse(credentials, { reason: 'wrong' });
    await attempts.succeed(credentials);
    if (others.length > 0) return err({ reason: 'several', organizations: matching.value.map(({ slug, name }) => ({ slug, name })) });
    logger.info({ event: 'signed_in', by: 'password', userId: only.id }, 'a person signed in');
    return ok(only.id);
  }

  /** Every session of the person ends, this one too: the caller starts another. */
  async changePassword(userId: string, address: string, current: string, wanted: string): Promise<Result<void, ChangeRefusal>> {
    const { attempts, checks, clock, logger } = this.#parts;
    const em = this.#parts.em.fork();
    const user = await em.findOneOrFail(UserEntity, userId);
    const attempt = { email: user.email, address };
    const begun = await attempts.begin(attempt);
    if (!begun.ok) return this.#refuseChange(userId, begun.error);
    const hash = await readHash(em, userId);
    const checked = await checks.check(current, hash);
    if (!checked.ok) return checked;
    if (!checked.value) return this.#refuseChange(userId, { reason: 'wrong' });
    await attempts.succeed(attempt);
    const fault = findPasswordFault(wanted, user);
    if (fault !== undefined) return err({ reason: 'unusable', message: fault });
    const fresh = await checks.hash(wanted);
    if (!fresh.ok) return fresh;
    await em.transactional((inner) => storePassword(inner, userId, fresh.value, new Date(clock.nowMs())));
    logger.info({ event: 'password_changed', by: 'password', userId }, 'a person changed their password');
    return ok(undefined);
  }

  async #refuseChange<Refusal extends Locked | { readonly reason: 'wrong' }>(
    userId: string,
    refusal: Refusal,
  ): Promise<Result<never, Refusal>> {
    const failed = toFailure(refusal);
    if (failed !== undefined) await recordFailedSignIn(this.#parts.em, { kind: 'User', id: userId }, failed);
    return err(refusal);
  }

  /** The accounts whose password this is. Where there is none to compare with, the time is spent nevertheless. */
  async #findMatching({ email, password, organization }: Credentials): Promise<Result<Candidate[], Busy>> {
    const em = this.#parts.em.fork();
    const candidates = await readCandidates(em, email.toLowerCase(), organization);
    const matching: Candidate[] = [];
    for (const candidate of candidates.length > 0 ? candidates : [undefined]) {
      const checked = await this.#parts.checks.check(password, candidate?.hash);
      if (!checked.ok) return checked;
      if (checked.value && candidate !== undefined) matching.push(candidate);
    }
    for (const { id, hash } of matching.filter((candidate) => isOutdated(candidate.hash))) {
      const fresh = await this.#parts.checks.hash(password);
      if (fresh.ok) await replaceHash(em, id, hash, fresh.value); // otherwise the next sign-in does it
    }
    return ok(matching);
  }

  async #refuse(
    { email }: Credentials,
    refusal: Exclude<SignInRefusal, { reason: 'several' }>,
  ): Promise<Result<never, Exclude<SignInRefusal, { reason: 'several' }>>> {
    const failed = toFailure(refusal);
    if (failed !== undefined) await recordFailedPassword(this.#parts.em, email, failed);
    this.#parts.logger.info({ event: 'sign_in_refused', by: 'password', reason: refusal.reason }, 'a sign-in was refused');
    return err(refusal);
  }
}

/** What is worth to be remembered. Attempts during a lock are not: they would let anybody fill the table. */
function toFailure(refusal: Locked | Busy | { readonly reason: 'wrong' }): FailedSignIn | undefined {
  const isLocked = refusal.reason === 'locked';
  if (refusal.reason === 'busy' || (isLocked && !refusal.isFirst)) return undefined;
  return { by: 'password', reason: refusal.reason, isLocked };
}

function readCandidates(em: EntityManager, emailKey: string, organization: string | undefined): Promise<Candidate[]> {
  return em.execute<Candidate[]>(
    `SELECT u.id, o.slug, o.name, p.hash
     FROM users u JOIN organizations o ON o.id = u.organization_id JOIN user_passwords p ON p.user_id = u.id
     WHERE u.email_key = ? AND u.enabled AND NOT is_locked(u.id) AND (?::text IS NULL OR o.slug = ?)
     ORDER BY u.created_at, u.id LIMIT ${MAX_CANDIDATES}`,
    [emailKey, organization ?? null, organization ?? null],
  );
}
