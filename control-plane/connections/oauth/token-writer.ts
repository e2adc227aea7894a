import type { EntityManager } from '@mikro-orm/postgresql';
import { connectionShard, documentNames, type Granularity } from '../../../contract/snapshot.ts';
import { newId } from '../../api/ids.ts';
import { noteChange } from '../../database/change-notes.ts';
import type { Outbox } from '../../database/outbox.ts';
import { ConnectionTokensEntity, type ConnectionTokens, type SealedTokens } from './connection-tokens.entity.ts';
import type { TokenStore } from './token-store.ts';

/** Whose connection it is, and who made it. */
export interface ConnectedPlace {
  readonly mcpServerId: string;
  readonly subjectKind: Granularity;
  readonly subjectId: string;
  readonly connectedById: string | null;
}

/** What a connection holds from now on. */
export type FreshTokens = Pick<
  ConnectionTokens,
  'authorizationServer' | 'client' | 'resource' | 'requestedScope' | 'grantedScope' | 'expiresAt' | 'refreshAt'
> & { readonly secrets: SealedTokens };

/** A connection that was made, or made anew. */
export interface WrittenTokens {
  readonly connectionId: string;
  readonly revision: number;
  readonly row: ConnectionTokens;
}

/**
 * Makes the connection of a subject, or replaces what it holds: its epoch and serial go on, so that nobody takes an earlier token for a
 * later one. Call it in the transaction of what makes it allowed.
 */
export async function writeTokens(
  em: EntityManager,
  parts: { readonly store: TokenStore; readonly outbox: Outbox; readonly nowMs: number },
  place: ConnectedPlace,
  { secrets, ...fresh }: FreshTokens,
): Promise<WrittenTokens> {
  const { store, outbox, nowMs } = parts;
  const now = new Date(nowMs);
  const { mcpServerId, subjectId } = place;
  const { id: connectionId, is_made: isMade } = await readOrCreateConnection(em, place, now);
  noteChange(em, { kind: 'Connection', id: connectionId, before: isMade ? undefined : { ...place }, after: { ...place } });
  const before = await em.findOne(ConnectionTokensEntity, connectionId);
  const values = {
    ...fresh,
    ...store.seal(connectionId, secrets),
    state: 'CONNECTED' as const,
    reason: null,
    epoch: (before?.epoch ?? 0) + 1,
    serial: secrets.accessToken === undefined ? (before?.serial ?? 0) : (before?.serial ?? 0) + 1,
    attemptedAt: null,
    failures: 0,
    retryAt: null,
    updatedAt: now,
  };
  const row = before === null ? em.create(ConnectionTokensEntity, { connectionId, ...values }) : em.assign(before, values);
  await em.flush();
  const revision = await outbox.mark(em, [documentNames.connections(mcpServerId, connectionShard(subjectId))]);
  return { connectionId, revision, row };
}

/** Two who connect one subject together: the unique index lets one make it, and the other waits and finds it. */
async function readOrCreateConnection(
  em: EntityManager,
  place: ConnectedPlace,
  now: Date,
): Promise<{ readonly id: string; readonly is_made: boolean }> {
  const { mcpServerId, subjectId, subjectKind, connectedById } = place;
  const [row] = await em.execute<{ id: string; is_made: boolean }[]>(
    `INSERT INTO connections (id, mcp_server_id, subject_kind, subject_id, shard, headers, connected_by_id, created_at, updated_at, version)
     VALUES (?, ?, ?, ?, ?, '[]', ?, ?, ?, 1)
     ON CONFLICT (mcp_server_id, subject_id) DO UPDATE
       SET connected_by_id = excluded.connected_by_id, updated_at = excluded.updated_at, version = connections.version + 1
     RETURNING id, xmax = 0 AS is_made`,
    [newId('Connection'), mcpServerId, subjectKind, subjectId, connectionShard(subjectId), connectedById, now, now],
  );
  return row!;
}
