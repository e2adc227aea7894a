import type { EntityManager } from '@mikro-orm/postgresql';
import type { HealthState, McpServerHealth } from './mcp-server-health.type.ts';

interface HealthRow {
  readonly id: string;
  readonly state: HealthState;
  readonly checked_at: string | Date | null;
  readonly last_success_at: string | Date | null;
  readonly last_error: string | null;
}

const UNKNOWN: Omit<McpServerHealth, 'mcpServerId'> = { state: 'UNKNOWN', checkedAt: null, lastSuccessAt: null, lastError: null };

/** What was found at another address, or by another transport, says nothing of the present one. */
const CURRENT_HEALTH = `
  SELECT h.mcp_server_id AS id, h.state, h.checked_at, h.last_success_at, h.last_error
  FROM mcp_server_health h JOIN mcp_servers s ON s.id = h.mcp_server_id
  WHERE h.target = s.transport || ' ' || s.canonical_url AND s.id IN (SELECT jsonb_array_elements_text(?::jsonb))`;

/** The health of servers that the caller sees already. */
export async function batchHealth(em: EntityManager, ids: readonly string[]): Promise<McpServerHealth[]> {
  const rows = await em.execute<HealthRow[]>(CURRENT_HEALTH, [JSON.stringify(ids)]);
  const byId = new Map(rows.map((row) => [row.id, toHealth(row)]));
  return ids.map((id) => byId.get(id) ?? { ...UNKNOWN, mcpServerId: id });
}

function toHealth({ id, state, checked_at, last_success_at, last_error }: HealthRow): McpServerHealth {
  return { mcpServerId: id, state, checkedAt: toDate(checked_at), lastSuccessAt: toDate(last_success_at), lastError: last_error };
}

function toDate(value: string | Date | null): Date | null {
  return value === null ? null : new Date(value);
}
