// Trust boundary: which consent belongs to which person. The value of `state` is known to one browser only; here it exists as a hash, is
// good once and for ten minutes, and only in the session that the authorization was started in.
import { createHash, randomBytes } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { KeyRing } from '../../../contract/key-ring.ts';
import { openSecret, sealSecret } from '../../../contract/sealed-secret.ts';
import type { Clock } from '../../../foundation/clock.ts';
import { noteAction, noteChange } from '../../database/change-notes.ts';
import { findChangeOrigin } from '../../database/change-origin.ts';
import type { AuthorizationServer } from './authorization-server.ts';
import type { ChosenClient } from './client-choice.ts';
import { authorizationOwner } from './sealed-owners.ts';

const STATE_BYTES = 32;
const LIFETIME_MS = 600_000;
/** Authorizations that one person has under way at most; one more ends the oldest. */
const MAX_OF_PERSON = 20;

/** Who started an authorization, for what. */
export interface AuthorizationPlace {
  readonly mcpServerId: string;
  readonly subjectId: string;
  /** The person who has to finish it; null where automation started it, and whoever may connect the subject can. */
  readonly userId: string | null;
  /** The session it was started in; null where it was started through the API. */
  readonly sessionId: string | null;
  /** A local path. */
  readonly returnTo: string | null;
}

/** What has to survive until the person is back. */
export interface AuthorizationSecrets extends ChosenClient {
  readonly codeVerifier: string;
  readonly redirectUri: string;
  readonly authorizationServer: AuthorizationServer;
  readonly resource?: string;
  readonly scope?: string;
}

export interface PendingAuthorization extends AuthorizationPlace {
  readonly secrets: AuthorizationSecrets;
}

interface Row {
  readonly mcp_server_id: string;
  readonly subject_id: string;
  readonly user_id: string | null;
  readonly session_id: string | null;
  readonly return_to: string | null;
  readonly sealed: string;
}

/** Authorizations under way. */
export class PendingAuthorizations {
  readonly #em: EntityManager;
  readonly #ring: KeyRing;
  readonly #clock: Clock;

  constructor(em: EntityManager, ring: KeyRing, clock: Clock) {
    this.#em = em;
    this.#ring = ring;
    this.#clock = clock;
  }

  makeState(): string {
    return randomBytes(STATE_BYTES).toString('base64url');
  }

  async add(state: string, place: AuthorizationPlace, secrets: AuthorizationSecrets): Promise<void> {
    const [hash, nowMs] = [toHash(state), this.#clock.nowMs()];
    const sealed = sealSecret(this.#ring, authorizationOwner(hash), JSON.stringify(secrets));
    await this.#em.fork().transactional(async (em) => {
      noteAction(em, findChangeOrigin().operation ?? 'connectionAuthorize');
      noteChange(em, { kind: 'McpServer', id: place.mcpServerId, after: { subjectId: place.subjectId }, isUse: true });
      await em.execute('DELETE FROM upstream_authorizations WHERE expires_at < ?', [new Date(nowMs)]);
      await em.execute(
        `INSERT INTO upstream_authorizations
           (state_hash, mcp_server_id, subject_id, user_id, session_id, sealed, return_to, created_at, expires_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        [
          hash,
          place.mcpServerId,
          place.subjectId,
          place.userId,
          place.sessionId,
          sealed,
          place.returnTo,
          new Date(nowMs),
          new Date(nowMs + LIFETIME_MS),
        ],
      );
      await em.execute(
        `DELETE FROM upstream_authorizations WHERE state_hash IN (
           SELECT state_hash FROM upstream_authorizations WHERE user_id = ? ORDER BY created_at DESC, state_hash OFFSET ${MAX_OF_PERSON})`,
        [place.userId],
      );
    });
  }

  /** Takes an authorization, once. Nobody but whoever started it can, so that nobody else can spoil it either. */
  async take(state: string, session: { readonly id: string; readonly userId: string }): Promise<PendingAuthorization | undefined> {
    const hash = toHash(state);
    const [row] = await this.#em.fork().execute<Row[]>(
      `DELETE FROM upstream_authorizations WHERE state_hash = ? AND expires_at > ?
         AND (user_id IS NULL OR user_id = ?) AND (session_id IS NULL OR session_id = ?)
       RETURNING mcp_server_id, subject_id, user_id, session_id, return_to, sealed`,
      [hash, new Date(this.#clock.nowMs()), session.userId, session.id],
    );
    if (row === undefined) return undefined;
    const opened = openSecret(this.#ring, authorizationOwner(hash), row.sealed);
    if (!opened.ok) return undefined; // its key was dropped since: the person starts again
    return {
      mcpServerId: row.mcp_server_id,
      subjectId: row.subject_id,
      userId: row.user_id,
      sessionId: row.session_id,
      returnTo: row.return_to,
      secrets: JSON.parse(opened.value) as AuthorizationSecrets,
    };
  }
}

/** 256 random bits need no slow hash. */
function toHash(state: string): string {
  return createHash('sha256').update(state).digest('base64url');
}
