// Trust boundary: what the authorization server remembers. Codes and refresh tokens are stored as hashes, client secrets sealed, so that
// whoever reads the database can use neither. A code is redeemed once, however many requests bring it at the same moment.
import { createHash } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import { errors, type Adapter, type AdapterFactory, type AdapterPayload } from 'oidc-provider';
import type { KeyRing } from '../../../contract/key-ring.ts';
import { openSecret, sealSecret } from '../../../contract/sealed-secret.ts';
import type { Clock } from '../../../foundation/clock.ts';
import type { Logger } from '../../../foundation/logger.ts';
import { oauthRecordOwner } from '../../secrets/index.ts';
import { ROTATION_GRACE_SECONDS } from '../lifetimes.ts';
import { noteRegistration } from './note-registration.ts';

/** What the records are kept with. */
export interface RecordStoreParts {
  readonly em: EntityManager;
  readonly ring: KeyRing;
  readonly clock: Clock;
  readonly logger: Logger;
}

interface RecordRow {
  readonly payload: AdapterPayload;
  readonly sealed_secret: string | null;
  readonly consumed_ms: number | null;
}

/** Records whose id is what a client presents: it is good for as long as the record lives. */
const BEARER_MODELS = ['AuthorizationCode', 'RefreshToken'];

/** Makes the adapter of each model. */
export function makeRecordStore(parts: RecordStoreParts): AdapterFactory {
  return (model) => (model === 'Session' ? rememberNobody : new RecordStore(model, parts));
}

/** Who is signed in is known by the web session and nothing else: signing out there must not leave anybody signed in here. */
const rememberNobody: Adapter = {
  upsert: async () => {},
  find: async () => undefined,
  findByUid: async () => undefined,
  findByUserCode: async () => undefined,
  consume: async () => {},
  destroy: async () => {},
  revokeByGrantId: async () => {},
};

/** The records of one model in PostgreSQL. */
class RecordStore implements Adapter {
  readonly #model: string;
  readonly #parts: RecordStoreParts;

  constructor(model: string, parts: RecordStoreParts) {
    this.#model = model;
    this.#parts = parts;
  }

  /** A client is stored once, when it registers, and that is an audit event. */
  async upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void> {
    if (this.#model !== 'Client') return this.#store(this.#parts.em.fork(), id, payload, expiresIn);
    await this.#parts.em.fork().transactional(async (inner) => {
      await this.#store(inner, id, payload, expiresIn);
      await noteRegistration(inner, id, payload, this.#parts.clock.nowMs());
    });
  }

  async #store(em: EntityManager, id: string, payload: AdapterPayload, expiresIn: number | undefined): Promise<void> {
    const nowMs = this.#parts.clock.nowMs();
    const { jti: _jti, client_secret: secret, ...rest } = payload;
    const sealed = typeof secret === 'string' ? sealSecret(this.#parts.ring, oauthRecordOwner(`${this.#model} ${id}`), secret) : null;
    await em.execute(
      `INSERT INTO oauth_records (model, id, payload, grant_id, sealed_secret, seal_key_id, created_at, expires_at)
       VALUES (?, ?, ?::jsonb, ?, ?, ?, ?, ?)
       ON CONFLICT (model, id) DO UPDATE SET payload = EXCLUDED.payload, grant_id = EXCLUDED.grant_id,
         sealed_secret = EXCLUDED.sealed_secret, seal_key_id = EXCLUDED.seal_key_id, expires_at = EXCLUDED.expires_at`,
      [
        this.#model,
        this.#toKey(id),
        JSON.stringify(rest),
        payload.grantId ?? null,
        sealed,
        sealed === null ? null : this.#parts.ring.primaryId,
        new Date(nowMs),
        expiresIn === undefined ? null : new Date(nowMs + expiresIn * 1_000),
      ],
    );
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    if (!isStorable(id)) return undefined;
    const [row] = await this.#execute<RecordRow>(
      `SELECT payload, sealed_secret, floor(extract(epoch FROM consumed_at) * 1000)::float8 AS consumed_ms
       FROM oauth_records WHERE model = ? AND id = ? AND (expires_at IS NULL OR expires_at > ?)`,
      [this.#model, this.#toKey(id), new Date(this.#parts.clock.nowMs())],
    );
    if (row === undefined) return undefined;
    const secret = row.sealed_secret === null ? {} : { client_secret: this.#openSecret(id, row.sealed_secret) };
    const consumed =
      row.consumed_ms === null || this.#isInGrace(row, row.consumed_ms) ? {} : { consumed: Math.floor(row.consumed_ms / 1_000) };
    return { ...row.payload, ...(this.#model !== 'Client' && { jti: id }), ...secret, ...consumed };
  }

  findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return this.find(uid);
  }

  async findByUserCode(): Promise<undefined> {
    return undefined; // no device flow
  }

  /** @throws {errors.InvalidGrant} where another request was faster with the same code. */
  async consume(id: string): Promise<void> {
    const taken = await this.#execute(
      'UPDATE oauth_records SET consumed_at = ? WHERE model = ? AND id = ? AND consumed_at IS NULL RETURNING id',
      [new Date(this.#parts.clock.nowMs()), this.#model, this.#toKey(id)],
    );
    if (taken.length === 0 && this.#model === 'AuthorizationCode') throw new errors.InvalidGrant('authorization code already consumed');
  }

  async destroy(id: string): Promise<void> {
    if (isStorable(id)) await this.#execute('DELETE FROM oauth_records WHERE model = ? AND id = ?', [this.#model, this.#toKey(id)]);
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    await this.#execute('DELETE FROM oauth_records WHERE model = ? AND grant_id = ?', [this.#model, grantId]);
  }

  /** A client that asks twice at once, or whose answer got lost, must not lose everything: the token it has rotated works a little longer. */
  #isInGrace(row: RecordRow, consumedMs: number): boolean {
    if (this.#model !== 'RefreshToken') return false;
    const isInGrace = this.#parts.clock.nowMs() - consumedMs <= ROTATION_GRACE_SECONDS * 1_000;
    this.#parts.logger.warn(
      { event: 'refresh_token_reused', clientId: row.payload.clientId, userId: row.payload.accountId, isInGrace },
      isInGrace ? 'a rotated refresh token was used again' : 'a rotated refresh token was used again; what it belongs to is revoked',
    );
    return isInGrace;
  }

  #openSecret(id: string, sealed: string): string {
    const opened = openSecret(this.#parts.ring, oauthRecordOwner(`${this.#model} ${id}`), sealed);
    if (!opened.ok) throw new Error(`the secret of client ${id} does not open: ${opened.error.reason}`);
    return opened.value;
  }

  #toKey(id: string): string {
    return BEARER_MODELS.includes(this.#model) ? createHash('sha256').update(id).digest('base64url') : id;
  }

  #execute<Row>(sql: string, values: readonly unknown[]): Promise<Row[]> {
    return this.#parts.em.fork().execute<Row[]>(sql, [...values]);
  }
}

/** PostgreSQL has no text with a NUL in it. */
function isStorable(id: string): boolean {
  return !id.includes('\0');
}
