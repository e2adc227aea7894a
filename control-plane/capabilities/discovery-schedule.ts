import type { EntityManager } from '@mikro-orm/postgresql';

/** How long somebody who took a discovery may take until it is anybody's again, in milliseconds: longer than any does. */
const LEASE_MS = 300_000;
/** Between two discoveries that an upstream causes by itself, in milliseconds: it could say that its lists changed all the time. */
const LEAST_PAUSE_MS = 5_000;

/** The longest sentence that is stored, in characters. */
const MAX_ERROR_LENGTH = 1_000;

const ADD_MISSING = `
  INSERT INTO capability_discoveries (mcp_server_id, target, next_at)
  SELECT s.id, '', ? FROM mcp_servers s
  WHERE s.enabled AND NOT EXISTS (SELECT FROM capability_discoveries d WHERE d.mcp_server_id = s.id)
  ORDER BY s.id LIMIT 1000
  ON CONFLICT DO NOTHING`;

/**
 * Those due for longest first; at once also those whose address changed, and those that somebody connected since. Each by one replica: the
 * others pass over rows that are being taken.
 */
const TAKE_DUE = `
  UPDATE capability_discoveries d
  SET next_at = ?, attempted_at = ?, target = due.target
  FROM (
    SELECT c.mcp_server_id AS id, s.transport || ' ' || s.canonical_url AS target
    FROM capability_discoveries c JOIN mcp_servers s ON s.id = c.mcp_server_id
    WHERE s.enabled AND NOT is_locked(s.id)
      AND (c.next_at <= ? OR c.target <> s.transport || ' ' || s.canonical_url
           OR EXISTS (SELECT FROM connections n WHERE n.mcp_server_id = s.id AND n.created_at > c.attempted_at))
    ORDER BY c.next_at LIMIT ? FOR UPDATE OF c SKIP LOCKED
  ) due
  WHERE d.mcp_server_id = due.id
  RETURNING d.mcp_server_id AS id`;

const HASTEN = `
  UPDATE capability_discoveries
  SET next_at = LEAST(next_at, GREATEST(?::timestamptz, attempted_at + ? * interval '1 millisecond'))
  WHERE mcp_server_id IN (SELECT jsonb_array_elements_text(?::jsonb))`;

const NOTE_RESULT = `
  INSERT INTO capability_discoveries (mcp_server_id, target, next_at, attempted_at, succeeded_at, last_error)
  SELECT s.id, '', ?, ?, ?, ? FROM mcp_servers s WHERE s.id = ?
  ON CONFLICT (mcp_server_id) DO UPDATE SET
    next_at = coalesce(?, capability_discoveries.next_at), attempted_at = excluded.attempted_at,
    succeeded_at = coalesce(excluded.succeeded_at, capability_discoveries.succeeded_at), last_error = excluded.last_error`;

/** Takes up to so many servers whose turn it is. Nobody else gets them until their results are noted, or the lease ends. */
export async function takeDueDiscoveries(em: EntityManager, now: Date, most: number): Promise<string[]> {
  await em.execute(ADD_MISSING, [now]);
  const rows = await em.execute<{ id: string }[]>(TAKE_DUE, [new Date(now.getTime() + LEASE_MS), now, now, most]);
  return rows.map(({ id }) => id);
}

/** Brings the turn of servers forward whose lists changed. */
export async function hastenDiscoveries(em: EntityManager, serverIds: readonly string[], now: Date): Promise<void> {
  if (serverIds.length > 0) await em.execute(HASTEN, [now, LEAST_PAUSE_MS, JSON.stringify(serverIds)]);
}

/** What came of a discovery: nothing wrong, or a sentence. */
export interface DiscoveryResult {
  readonly error: string | undefined;
  /** When the upstream was about to be asked. */
  readonly attemptedAt: Date;
}

/** Notes a result, and when the next turn is. */
export function noteDiscovery(em: EntityManager, serverId: string, result: DiscoveryResult & { readonly nextAt: Date }): Promise<void> {
  return note(em, serverId, result, result.nextAt);
}

/** Notes the result of one that came between two turns. */
export function noteAttempt(em: EntityManager, serverId: string, result: DiscoveryResult): Promise<void> {
  return note(em, serverId, result, null);
}

async function note(em: EntityManager, serverId: string, { error, attemptedAt }: DiscoveryResult, nextAt: Date | null): Promise<void> {
  const succeededAt = error === undefined ? attemptedAt : null;
  const message = error?.slice(0, MAX_ERROR_LENGTH) ?? null;
  await em.execute(NOTE_RESULT, [nextAt ?? attemptedAt, attemptedAt, succeededAt, message, serverId, nextAt]);
}
