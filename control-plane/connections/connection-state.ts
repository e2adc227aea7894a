import type { EntityManager } from '@mikro-orm/postgresql';
import { ConnectionTokensEntity, type ConnectionTokens } from './oauth/connection-tokens.entity.ts';

/** How a connection is doing, for people. */
export enum ConnectionState {
  CONNECTED = 'CONNECTED',
  EXPIRING = 'EXPIRING',
  NEEDS_AUTHORIZATION = 'NEEDS_AUTHORIZATION',
  ERROR = 'ERROR',
}

/** A token that cannot be renewed is said to expire so long before it does, in milliseconds. */
const EXPIRING_MS = 24 * 3_600_000;

export function toConnectionState(tokens: ConnectionTokens | null, nowMs: number): ConnectionState {
  if (tokens === null) return ConnectionState.CONNECTED;
  if (tokens.state !== 'CONNECTED') return ConnectionState[tokens.state];
  const leftMs = (tokens.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY) - nowMs;
  const hasFailed = tokens.failures > 0;
  if (hasFailed && (leftMs <= 0 || tokens.serial === 0)) return ConnectionState.ERROR;
  return hasFailed || (tokens.refreshAt == null && leftMs < EXPIRING_MS) ? ConnectionState.EXPIRING : ConnectionState.CONNECTED;
}

/** Why it is not simply connected. */
export function toConnectionReason(tokens: ConnectionTokens | null, state: ConnectionState): string | null {
  if (tokens?.reason != null) return tokens.reason;
  return state === ConnectionState.EXPIRING
    ? 'The access token ends soon, and the authorization server gave nothing to renew it with. Connect again before it ends.'
    : null;
}

export async function batchConnectionTokens(em: EntityManager, ids: readonly string[]): Promise<(ConnectionTokens | null)[]> {
  const rows = await em.find(ConnectionTokensEntity, { connectionId: { $in: [...ids] } });
  const byId = new Map(rows.map((row) => [row.connectionId, row]));
  return ids.map((id) => byId.get(id) ?? null);
}
