import type { EntityManager } from '@mikro-orm/postgresql';
import type { KeyRing } from '../../contract/key-ring.ts';
import { connectionHeadersOwner, openSecret, sealSecret } from '../../contract/sealed-secret.ts';
import { documentNames } from '../../contract/snapshot.ts';
import type { Logger } from '../../foundation/logger.ts';
import { noteAction, noteChange } from '../database/change-notes.ts';
import type { Outbox } from '../database/outbox.ts';
import { resealFingerprintKey } from './encryption-keys.ts';
import { resealColumns } from './sealed-columns.ts';

/** Rows sealed anew in one transaction. */
const BATCH = 200;
const PASS_INTERVAL_MS = 60_000;

/** What the rotation works with. */
export interface KeyRotationParts {
  readonly em: EntityManager;
  readonly outbox: Outbox;
  readonly ring: KeyRing;
  readonly logger: Logger;
}

interface SealedRow {
  readonly id: string;
  readonly mcp_server_id: string;
  readonly shard: string;
  readonly sealed_headers: string;
}

/** Seals with the ring's first key what another key of the ring has sealed, so that the other one can be dropped. */
export class KeyRotation {
  readonly #parts: KeyRotationParts;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #isStopping = false;

  constructor(parts: KeyRotationParts) {
    this.#parts = parts;
  }

  /** Runs a pass at once and then every minute. */
  start(): void {
    this.#timer = setInterval(() => this.#schedule(), PASS_INTERVAL_MS).unref();
    this.#schedule();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    clearInterval(this.#timer);
    await this.#running;
  }

  /** One pass over everything. Replicas that run it together share the work. */
  async run(): Promise<void> {
    await resealFingerprintKey(this.#parts.em.fork(), this.#parts.ring);
    let total = 0;
    for (let count = BATCH; count === BATCH && !this.#isStopping; total += count) {
      count = await this.#parts.em.fork().transactional((em) => this.#resealBatch(em));
    }
    for (let count = 1; count > 0 && !this.#isStopping; total += count) {
      count = await this.#parts.em.fork().transactional(async (em) => {
        const resealed = await resealColumns(em, this.#parts.ring, BATCH);
        if (resealed > 0) noteResealing(em, this.#parts.ring, resealed);
        return resealed;
      });
    }
    if (total > 0)
      this.#parts.logger.info(
        { event: 'connections_resealed', count: total, keyId: this.#parts.ring.primaryId },
        'sealed stored credentials anew',
      );
  }

  /** Passes do not overlap. One that fails is made up for by the next. */
  #schedule(): void {
    this.#running = this.#running
      .then(() => this.run())
      .catch((cause: unknown) =>
        this.#parts.logger.warn({ event: 'key_rotation_failed', err: cause }, 'sealing anew failed and is tried again'),
      );
  }

  async #resealBatch(em: EntityManager): Promise<number> {
    const { ring, outbox } = this.#parts;
    const rows = await em.execute<SealedRow[]>(
      `SELECT id, mcp_server_id, shard, sealed_headers FROM connections WHERE seal_key_id <> ? ORDER BY id LIMIT ${BATCH} FOR UPDATE SKIP LOCKED`,
      [ring.primaryId],
    );
    if (rows.length === 0) return 0;
    noteResealing(em, ring, rows.length);
    const resealed = rows.map((row) => ({ id: row.id, sealed: this.#reseal(row) }));
    await em.execute(
      `UPDATE connections SET sealed_headers = fresh.sealed, seal_key_id = ?
       FROM jsonb_to_recordset(?::jsonb) AS fresh (id text, sealed text) WHERE connections.id = fresh.id`,
      [ring.primaryId, JSON.stringify(resealed)],
    );
    await outbox.mark(
      em,
      rows.map((row) => documentNames.connections(row.mcp_server_id, row.shard)),
    );
    return rows.length;
  }

  #reseal({ id, sealed_headers: sealed }: SealedRow): string {
    const owner = connectionHeadersOwner(id);
    const opened = openSecret(this.#parts.ring, owner, sealed);
    if (!opened.ok) throw new Error(`connection ${id} does not open: ${opened.error.reason}`);
    return sealSecret(this.#parts.ring, owner, opened.value);
  }
}

function noteResealing(em: EntityManager, ring: KeyRing, count: number): void {
  noteAction(em, 'encryptionKeyRotate', { organizationId: null });
  noteChange(em, { kind: 'EncryptionKey', id: ring.primaryId, after: { resealed: count }, isUse: true });
}
