import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Clock } from '../../../foundation/clock.ts';
import { err, ok, type Result } from '../../../foundation/result.ts';

/** Who tries to sign in: as whom, and from where. */
export interface Attempt {
  readonly email: string;
  readonly address: string;
}

/** Too many attempts: this one was not looked at. */
export interface Locked {
  readonly reason: 'locked';
  readonly retryAfterSeconds: number;
  /** Whether this is the first attempt that is not looked at. */
  readonly isFirst: boolean;
}

/** Attempts with one e-mail address within the window, whether or not somebody has it. */
const MAX_PER_ACCOUNT = 10;
/** Attempts from one address, which may be that of a whole office. */
const MAX_PER_ADDRESS = 60;
/** From the first attempt on; an attempt that is refused does not prolong it. */
const WINDOW_MS = 15 * 60_000;
const CLEANED_AT_ONCE = 100;

/** Counts attempts to enter a password. Counted before it is checked, so that many at once do not slip through together. */
export class SignInAttempts {
  readonly #em: EntityManager;
  readonly #clock: Clock;

  constructor(em: EntityManager, clock: Clock) {
    this.#em = em;
    this.#clock = clock;
  }

  async begin(attempt: Attempt): Promise<Result<void, Locked>> {
    await this.#clean();
    const account = await this.#count(toAccountSubject(attempt), MAX_PER_ACCOUNT);
    const address = await this.#count(toAddressSubject(attempt), MAX_PER_ADDRESS);
    const retryAfterSeconds = Math.max(account.waitSeconds, address.waitSeconds);
    const isFirst = account.count === MAX_PER_ACCOUNT + 1 || address.count === MAX_PER_ADDRESS + 1;
    return retryAfterSeconds > 0 ? err({ reason: 'locked', retryAfterSeconds, isFirst }) : ok(undefined);
  }

  /** The password was right: the account's count starts anew, and the address has one less. */
  async succeed(attempt: Attempt): Promise<void> {
    await this.#em.fork().execute('DELETE FROM sign_in_attempts WHERE subject = ?', [toAccountSubject(attempt)]);
    await this.#uncount([toAddressSubject(attempt)]);
  }

  /** Nothing was found out about the password. */
  forget(attempt: Attempt): Promise<void> {
    return this.#uncount([toAccountSubject(attempt), toAddressSubject(attempt)]);
  }

  async #uncount(subjects: readonly string[]): Promise<void> {
    await this.#em.fork().execute(
      `UPDATE sign_in_attempts SET count = count - 1
       WHERE count > 0 AND subject IN (SELECT jsonb_array_elements_text(?::jsonb))`,
      [JSON.stringify(subjects)],
    );
  }

  /** @returns how long to wait, in seconds; 0 while there is no need. */
  async #count(subject: string, max: number): Promise<{ readonly count: number; readonly waitSeconds: number }> {
    const now = new Date(this.#clock.nowMs());
    const [row] = await this.#em.fork().execute<{ count: number; ends_ms: number }[]>(
      `INSERT INTO sign_in_attempts AS known (subject, count, ends_at) VALUES (?, 1, ?)
       ON CONFLICT (subject) DO UPDATE SET
         count = CASE WHEN known.ends_at <= ? THEN 1 ELSE least(known.count + 1, 1000000) END,
         ends_at = CASE WHEN known.ends_at <= ? THEN excluded.ends_at ELSE known.ends_at END
       RETURNING count, extract(epoch FROM ends_at)::float8 * 1000 AS ends_ms`,
      [subject, new Date(now.getTime() + WINDOW_MS), now, now],
    );
    const { count, ends_ms: endsMs } = row!;
    return { count, waitSeconds: count > max ? Math.max(1, Math.ceil((endsMs - now.getTime()) / 1_000)) : 0 };
  }

  async #clean(): Promise<void> {
    await this.#em.fork().execute(
      `DELETE FROM sign_in_attempts WHERE subject IN (
         SELECT subject FROM sign_in_attempts WHERE ends_at < ? ORDER BY ends_at LIMIT ${CLEANED_AT_ONCE} FOR UPDATE SKIP LOCKED
       )`,
      [new Date(this.#clock.nowMs())],
    );
  }
}

/** Of one size, however long the text is that somebody entered. */
function toAccountSubject({ email }: Attempt): string {
  return `account:${createHash('sha256').update(email.toLowerCase()).digest('base64url')}`;
}

/** Whoever has one address of IPv6 has the whole /64. */
function toAddressSubject({ address }: Attempt): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  return `address:${isIPv6(plain) ? toNetwork(plain) : plain}`;
}

function toNetwork(address: string): string {
  const [head = '', tail] = address.split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = tail === undefined ? first : [...first, ...Array<string>(Math.max(0, 8 - first.length - last.length)).fill('0'), ...last];
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
