// Trust boundary: which person a browser stands for. It trusts a cookie only in so far as a session with its hash is in the database,
// within its limits, and its person is enabled. A sign-in never continues a session that was there before, and the value of a cookie
// is neither stored nor logged.
import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Clock } from '../../../foundation/clock.ts';
import { noteAction, noteChange, type ResourceValues } from '../../database/change-notes.ts';
import { identifyAuthor } from '../../database/change-origin.ts';
import { clearCookie, findCookie, setCookie, type CookieScheme } from './cookies.ts';
import { toCsrfToken } from './csrf.ts';

/** A browser in which a person signed in. */
export interface WebSession {
  /** Names the session; whoever knows it cannot use it. */
  readonly id: string;
  readonly userId: string;
  readonly organizationId: string;
  readonly signedInAt: Date;
  /** What its forms must carry; see `renderCsrfField` and `isOwnForm`. */
  readonly csrfToken: string;
}

/** How somebody proved who they are. */
export type SignInMethod = 'password' | 'link' | 'provider';

/** What sessions of browsers are made of. */
export interface WebSessionsParts {
  readonly em: EntityManager;
  readonly clock: Clock;
  /** Where browsers reach the control plane; over https its cookies are bound to the host. */
  readonly controlPlaneUrl: string;
}

const COOKIE = 'sluice_session';
const TOKEN_BYTES = 32;
const HOUR_MS = 3_600_000;
/** Without a request for so long, the person is asked to sign in again. */
const IDLE_LIMIT_MS = 24 * HOUR_MS;
/** The same however busy the session was. */
const ABSOLUTE_LIMIT_MS = 7 * 24 * HOUR_MS;
/** How exactly is known when a session was last used: not every request writes. */
const SEEN_PRECISION_MS = 5 * 60_000;
/** Browsers that a person is signed in with at one time. One more ends the oldest. */
const MAX_SESSIONS = 20;
/** Sessions past their limits that one sign-in clears away. */
const CLEANED_AT_ONCE = 100;

interface SessionRow {
  readonly id: string;
  readonly user_id: string;
  readonly organization_id: string;
  readonly signed_in_ms: number;
  readonly seen_ms: number;
}

/** The sessions of browsers. */
export class WebSessions {
  readonly #parts: WebSessionsParts;
  readonly cookies: CookieScheme;

  constructor(parts: WebSessionsParts) {
    this.#parts = parts;
    this.cookies = { isSecure: parts.controlPlaneUrl.startsWith('https://') };
  }

  /** The session that a request belongs to; undefined where there is none, or none that may still be used. */
  async find(req: IncomingMessage): Promise<WebSession | undefined> {
    const token = findCookie(req, this.cookies, COOKIE);
    if (token === undefined || token === '') return undefined;
    const nowMs = this.#parts.clock.nowMs();
    const em = this.#parts.em.fork();
    const [row] = await em.execute<SessionRow[]>(
      `SELECT s.id, s.user_id, u.organization_id, extract(epoch FROM s.signed_in_at)::float8 * 1000 AS signed_in_ms,
              extract(epoch FROM s.seen_at)::float8 * 1000 AS seen_ms
       FROM web_sessions s JOIN users u ON u.id = s.user_id
       WHERE s.token_hash = ? AND u.enabled AND NOT is_locked(u.id) AND s.signed_in_at > ? AND s.seen_at > ?`,
      [hashToken(token), new Date(nowMs - ABSOLUTE_LIMIT_MS), new Date(nowMs - IDLE_LIMIT_MS)],
    );
    if (row === undefined) return undefined;
    if (nowMs - row.seen_ms > SEEN_PRECISION_MS) {
      await em.execute('UPDATE web_sessions SET seen_at = ? WHERE id = ?', [new Date(nowMs), row.id]);
    }
    const { id, user_id: userId, organization_id: organizationId } = row;
    identifyAuthor({ actorKind: 'USER', actorId: userId, credentialKind: 'BROWSER_SESSION', credentialId: id });
    return { id, userId, organizationId, signedInAt: new Date(row.signed_in_ms), csrfToken: toCsrfToken(token) };
  }

  /**
   * Signs a person in with this browser, always by a session of its own: one that somebody planted before is ended (session fixation).
   * @param by how they proved who they are; undefined where they were signed in before.
   */
  async start(req: IncomingMessage, res: ServerResponse, userId: string, by?: SignInMethod): Promise<void> {
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const now = new Date(this.#parts.clock.nowMs());
    await this.#parts.em.fork().transactional(async (em) => {
      await this.#endPresented(em, req);
      await this.#clean(em, now.getTime());
      const id = `wses_${randomBytes(12).toString('hex')}`;
      identifyAuthor({ actorKind: 'USER', actorId: userId, credentialKind: 'BROWSER_SESSION', credentialId: id });
      if (by !== undefined) noteUse(em, 'signIn', userId, { by });
      await em.execute('INSERT INTO web_sessions (id, token_hash, user_id, signed_in_at, seen_at) VALUES (?, ?, ?, ?, ?)', [
        id,
        hashToken(token),
        userId,
        now,
        now,
      ]);
      await em.execute(
        `DELETE FROM web_sessions WHERE id IN (
           SELECT id FROM web_sessions WHERE user_id = ? ORDER BY signed_in_at DESC, id OFFSET ${MAX_SESSIONS}
         )`,
        [userId],
      );
    });
    setCookie(res, this.cookies, COOKIE, token);
  }

  /** Signs the person out with this browser. */
  async end(req: IncomingMessage, res: ServerResponse): Promise<void> {
    await this.#parts.em.fork().transactional(async (em) => {
      const userId = await this.#endPresented(em, req);
      if (userId !== undefined) noteUse(em, 'signOut', userId);
    });
    clearCookie(res, this.cookies, COOKIE);
  }

  /** @returns whose session it was; undefined where there was none. */
  async #endPresented(em: EntityManager, req: IncomingMessage): Promise<string | undefined> {
    const token = findCookie(req, this.cookies, COOKIE);
    if (token === undefined) return undefined;
    const rows = await em.execute<{ user_id: string }[]>('DELETE FROM web_sessions WHERE token_hash = ? RETURNING user_id', [
      hashToken(token),
    ]);
    return rows[0]?.user_id;
  }

  async #clean(em: EntityManager, nowMs: number): Promise<void> {
    await em.execute(
      `DELETE FROM web_sessions WHERE id IN (
         SELECT id FROM web_sessions WHERE seen_at < ? ORDER BY seen_at LIMIT ${CLEANED_AT_ONCE} FOR UPDATE SKIP LOCKED
       )`,
      [new Date(nowMs - IDLE_LIMIT_MS)],
    );
  }
}

/** Signs a person out with every browser. In the transaction of what makes it necessary. */
export async function endSessions(em: EntityManager, userId: string): Promise<void> {
  await em.execute('DELETE FROM web_sessions WHERE user_id = ?', [userId]);
}

/** Notes what a person did with their account. */
export function noteUse(em: EntityManager, action: string, userId: string, facts: ResourceValues = {}): void {
  noteAction(em, action);
  noteChange(em, { kind: 'User', id: userId, after: facts, isUse: true });
}

/** A token has 256 random bits: one pass suffices to keep it secret. */
function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
