// Trust boundary: the only place where tokens of upstreams are sealed for PostgreSQL and opened again.
import { LockMode, type EntityManager } from '@mikro-orm/postgresql';
import type { KeyRing } from '../../../contract/key-ring.ts';
import { openSecret, sealSecret } from '../../../contract/sealed-secret.ts';
import { documentNames } from '../../../contract/snapshot.ts';
import { noteAction, noteChange } from '../../database/change-notes.ts';
import { SYSTEM_AUTHOR } from '../../database/change-origin.ts';
import type { Outbox } from '../../database/outbox.ts';
import { McpServerEntity, type McpServer } from '../../mcp-servers/index.ts';
import { ConnectionEntity, type Connection } from '../connection.entity.ts';
import { ConnectionTokensEntity, type ConnectionTokens, type SealedTokens } from './connection-tokens.entity.ts';
import { connectionTokensOwner } from './sealed-owners.ts';

/** A connection with its tokens, all of one moment. */
export interface TokenRecord {
  readonly row: ConnectionTokens;
  readonly connection: Connection;
  readonly server: McpServer;
  readonly secrets: SealedTokens;
}

/** What an attempt changes. */
export type TokenChange = Partial<Omit<ConnectionTokens, 'connectionId' | 'sealed' | 'sealKeyId' | 'updatedAt'>> & {
  readonly secrets?: SealedTokens;
};

/** What the store works with. */
export interface TokenStoreParts {
  readonly em: EntityManager;
  readonly outbox: Outbox;
  readonly ring: KeyRing;
  readonly nowMs: () => number;
}

/** Tokens in PostgreSQL. Every change names the token it was made for, so that one which comes too late changes nothing. */
export class TokenStore {
  readonly #parts: TokenStoreParts;

  constructor(parts: TokenStoreParts) {
    this.#parts = parts;
  }

  async read(connectionId: string): Promise<TokenRecord | undefined> {
    const em = this.#parts.em.fork();
    const row = await em.findOne(ConnectionTokensEntity, connectionId);
    const connection = row === null ? null : await em.findOne(ConnectionEntity, connectionId);
    const server = connection === null ? null : await em.findOne(McpServerEntity, connection.mcpServerId);
    if (row === null || connection === null || server === null) return undefined;
    return { row, connection, server, secrets: this.open(row) };
  }

  open({ connectionId, sealed }: Pick<ConnectionTokens, 'connectionId' | 'sealed'>): SealedTokens {
    const opened = openSecret(this.#parts.ring, connectionTokensOwner(connectionId), sealed);
    if (!opened.ok) throw new Error(`the tokens of ${connectionId} do not open: ${opened.error.reason}`);
    return JSON.parse(opened.value) as SealedTokens;
  }

  seal(connectionId: string, secrets: SealedTokens): Pick<ConnectionTokens, 'sealed' | 'sealKeyId'> {
    const { ring } = this.#parts;
    return { sealed: sealSecret(ring, connectionTokensOwner(connectionId), JSON.stringify(secrets)), sealKeyId: ring.primaryId };
  }

  /**
   * Commits a change of the token that the record holds. Undefined where the connection is gone or holds another one by now.
   * Gateways learn of it where what they know changes.
   */
  change({ row, connection }: TokenRecord, { secrets, ...change }: TokenChange): Promise<ConnectionTokens | undefined> {
    return this.#parts.em.fork().transactional(async (em) => {
      const current = await em.findOne(
        ConnectionTokensEntity,
        { connectionId: row.connectionId, epoch: row.epoch, serial: row.serial },
        { lockMode: LockMode.PESSIMISTIC_WRITE },
      );
      if (current === null) return undefined;
      const wasBlocked = current.state === 'NEEDS_AUTHORIZATION';
      const sealed = secrets === undefined ? {} : this.seal(row.connectionId, secrets);
      const place = { mcpServerId: connection.mcpServerId, subjectKind: connection.subjectKind, subjectId: connection.subjectId };
      noteAction(em, 'connectionStateChange', { author: SYSTEM_AUTHOR });
      noteChange(em, { kind: 'Connection', id: connection.id, before: place, after: place });
      em.assign(current, { ...change, ...sealed, updatedAt: new Date(this.#parts.nowMs()) });
      const isSeen = wasBlocked !== (current.state === 'NEEDS_AUTHORIZATION') || current.epoch !== row.epoch;
      await em.flush();
      if (isSeen) await this.#parts.outbox.mark(em, [documentNames.connections(connection.mcpServerId, connection.shard)]);
      return current;
    });
  }

  /** Connections whose time has come; each is claimed for a while, so that control planes which ask together share them. */
  async claimDue(limit: number, claimMs: number): Promise<{ readonly connectionId: string; readonly serial: number }[]> {
    const now = this.#parts.nowMs();
    return this.#parts.em.fork().execute<{ connectionId: string; serial: number }[]>(
      `UPDATE connection_tokens SET refresh_at = ? WHERE connection_id IN (
         SELECT connection_id FROM connection_tokens WHERE refresh_at <= ? ORDER BY refresh_at LIMIT ${limit} FOR UPDATE SKIP LOCKED
       ) RETURNING connection_id AS "connectionId", serial`,
      [new Date(now + claimMs), new Date(now)],
    );
  }

  /** Ids of all connections that hold an access token, some at a time. */
  async *listHolders(batch: number): AsyncGenerator<ConnectionTokens[]> {
    for (let after = ''; ;) {
      const rows = await this.#parts.em
        .fork()
        .find(
          ConnectionTokensEntity,
          { connectionId: { $gt: after }, state: { $ne: 'NEEDS_AUTHORIZATION' }, serial: { $gt: 0 } },
          { orderBy: { connectionId: 'asc' }, limit: batch },
        );
      if (rows.length > 0) yield rows;
      if (rows.length < batch) return;
      after = rows.at(-1)!.connectionId;
    }
  }
}
