// Trust boundary: the private keys that sign access tokens. They are made here, stored sealed and opened again only to be handed to the
// authorization server of this process.
import type { EntityManager } from '@mikro-orm/postgresql';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import { ACCESS_TOKEN_ALGORITHM } from '../../../contract/access-token.ts';
import type { KeyRing } from '../../../contract/key-ring.ts';
import { openSecret, sealSecret } from '../../../contract/sealed-secret.ts';
import { documentNames } from '../../../contract/snapshot.ts';
import type { Clock } from '../../../foundation/clock.ts';
import { noteAction, noteChange } from '../../database/change-notes.ts';
import type { Outbox } from '../../database/outbox.ts';
import { signingKeyOwner } from '../../secrets/index.ts';
import { planRotation, type KeyAge } from './plan-rotation.ts';

/** A key as the authorization server uses it. */
export interface SigningKey extends KeyAge {
  readonly privateJwk: JWK;
}

/** What the keys are kept with. */
export interface SigningKeysParts {
  readonly em: EntityManager;
  readonly outbox: Outbox;
  readonly ring: KeyRing;
  readonly clock: Clock;
  readonly issuer: string;
}

interface KeyRow {
  readonly kid: string;
  readonly sealed_private_jwk: string;
  readonly signs_from_ms: number;
}

const SIGNS_FROM_MS = 'floor(extract(epoch FROM signs_from) * 1000)::float8 AS signs_from_ms';

/** The keys of the authorization server in PostgreSQL, shared by all control planes. */
export class SigningKeys {
  readonly #parts: SigningKeysParts;

  constructor(parts: SigningKeysParts) {
    this.#parts = parts;
  }

  /** Makes the first key, makes the next one ahead of time, and forgets those that no living token was signed with. */
  async rotate(): Promise<void> {
    const { em, outbox, clock } = this.#parts;
    await em.fork().transactional(async (inner) => {
      await inner.execute(`SELECT pg_advisory_xact_lock(hashtextextended('sluice/oauth-keys', 0))`);
      const plan = planRotation(await readAges(inner), clock.nowMs());
      if (plan.nextSignsFromMs !== undefined) await this.#create(inner, plan.nextSignsFromMs);
      for (const kid of plan.retired) {
        noteChange(inner, { kind: 'SigningKey', id: kid, before: {} });
        await inner.execute('DELETE FROM oauth_signing_keys WHERE kid = ?', [kid]);
      }
      const isRenamed = await this.#storeIssuer(inner);
      const isChanged = isRenamed || plan.nextSignsFromMs !== undefined || plan.retired.length > 0;
      if (isChanged) noteAction(inner, 'signingKeyRotate', { organizationId: null });
      if (isChanged) await outbox.mark(inner, [documentNames.authorizationServer()]);
    });
  }

  /** Every key, the oldest first. */
  async load(): Promise<readonly SigningKey[]> {
    const rows = await this.#parts.em
      .fork()
      .execute<KeyRow[]>(`SELECT kid, sealed_private_jwk, ${SIGNS_FROM_MS} FROM oauth_signing_keys ORDER BY signs_from, kid`);
    return rows.map((row) => ({ kid: row.kid, signsFromMs: row.signs_from_ms, privateJwk: this.#open(row) }));
  }

  async #create(em: EntityManager, signsFromMs: number): Promise<void> {
    const { ring, clock } = this.#parts;
    const { privateKey } = await generateKeyPair(ACCESS_TOKEN_ALGORITHM, { extractable: true });
    const { d, ...publicPart } = await exportJWK(privateKey);
    const kid = await calculateJwkThumbprint(publicPart);
    noteChange(em, { kind: 'SigningKey', id: kid, after: { signsFrom: new Date(signsFromMs) } });
    const publicJwk = { ...publicPart, kid, alg: ACCESS_TOKEN_ALGORITHM, use: 'sig' };
    await em.execute(
      `INSERT INTO oauth_signing_keys (kid, public_jwk, sealed_private_jwk, seal_key_id, signs_from, created_at) VALUES (?, ?::jsonb, ?, ?, ?, ?)`,
      [
        kid,
        JSON.stringify(publicJwk),
        sealSecret(ring, signingKeyOwner(kid), JSON.stringify({ ...publicJwk, d })),
        ring.primaryId,
        new Date(signsFromMs),
        new Date(clock.nowMs()),
      ],
    );
  }

  async #storeIssuer(em: EntityManager): Promise<boolean> {
    const changed = await em.execute<unknown[]>(
      `INSERT INTO oauth_issuer AS own (issuer) VALUES (?)
       ON CONFLICT (singleton) DO UPDATE SET issuer = EXCLUDED.issuer WHERE own.issuer <> EXCLUDED.issuer RETURNING issuer`,
      [this.#parts.issuer],
    );
    return changed.length > 0;
  }

  #open({ kid, sealed_private_jwk: sealed }: KeyRow): JWK {
    const opened = openSecret(this.#parts.ring, signingKeyOwner(kid), sealed);
    if (!opened.ok) throw new Error(`signing key ${kid} does not open: ${opened.error.reason}`);
    return JSON.parse(opened.value) as JWK;
  }
}

async function readAges(em: EntityManager): Promise<KeyAge[]> {
  const rows = await em.execute<{ kid: string; signs_from_ms: number }[]>(`SELECT kid, ${SIGNS_FROM_MS} FROM oauth_signing_keys`);
  return rows.map((row) => ({ kid: row.kid, signsFromMs: row.signs_from_ms }));
}
