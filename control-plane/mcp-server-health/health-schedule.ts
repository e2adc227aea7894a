import type { EntityManager } from '@mikro-orm/postgresql';
import type { Transport } from '../../contract/snapshot.ts';

/** A server whose turn it is. */
export interface DueCheck {
  readonly serverId: string;
  readonly url: string;
  readonly transport: Transport;
  /** Where it was reached when its turn came: a result for another place is dropped. */
  readonly target: string;
}

/** What a check found: nothing wrong, or a sentence. */
export interface CheckResult {
  readonly error: string | undefined;
  readonly checkedAt: Date;
  readonly nextCheckAt: Date;
}

/** How long somebody who took a check may take until it is anybody's again, in milliseconds: longer than any check does. */
const LEASE_MS = 120_000;

/** Servers without an entry get one, and their turn at once. */
const ADD_MISSING = `
  INSERT INTO mcp_server_health (mcp_server_id, target, state, next_check_at)
  SELECT s.id, '', 'UNKNOWN', ? FROM mcp_servers s
  WHERE s.enabled AND NOT EXISTS (SELECT FROM mcp_server_health h WHERE h.mcp_server_id = s.id)
  ORDER BY s.id LIMIT 1000
  ON CONFLICT DO NOTHING`;

/** Those due for longest first, and those whose address changed. Each by one replica: the others pass over rows that are being taken. */
const TAKE_DUE = `
  UPDATE mcp_server_health h
  SET next_check_at = ?, target = due.target,
      state = CASE WHEN h.target = due.target THEN h.state ELSE 'UNKNOWN' END,
      last_success_at = CASE WHEN h.target = due.target THEN h.last_success_at END
  FROM (
    SELECT c.mcp_server_id AS id, s.canonical_url AS url, s.transport, s.transport || ' ' || s.canonical_url AS target
    FROM mcp_server_health c JOIN mcp_servers s ON s.id = c.mcp_server_id
    WHERE s.enabled AND NOT is_locked(s.id) AND (c.next_check_at <= ? OR c.target <> s.transport || ' ' || s.canonical_url)
    ORDER BY c.next_check_at LIMIT ? FOR UPDATE OF c SKIP LOCKED
  ) due
  WHERE h.mcp_server_id = due.id
  RETURNING h.mcp_server_id AS "serverId", due.url, due.transport, due.target`;

const NOTE_RESULT = `
  UPDATE mcp_server_health
  SET state = ?, checked_at = ?, last_success_at = COALESCE(?, last_success_at), last_error = ?, next_check_at = ?
  WHERE mcp_server_id = ? AND target = ?`;

/** Takes up to so many checks that are due. Nobody else gets them until their results are noted, or the lease ends. */
export async function takeDueChecks(em: EntityManager, now: Date, most: number): Promise<DueCheck[]> {
  await em.execute(ADD_MISSING, [now]);
  return em.execute<DueCheck[]>(TAKE_DUE, [new Date(now.getTime() + LEASE_MS), now, most]);
}

export async function noteResult(em: EntityManager, { serverId, target }: DueCheck, result: CheckResult): Promise<void> {
  const { error, checkedAt, nextCheckAt } = result;
  const [state, successAt] = error === undefined ? ['HEALTHY', checkedAt] : ['UNHEALTHY', null];
  await em.execute(NOTE_RESULT, [state, checkedAt, successAt, error ?? null, nextCheckAt, serverId, target]);
}
