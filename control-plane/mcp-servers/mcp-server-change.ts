import type { EntityManager } from '@mikro-orm/postgresql';
import { UserErrorCode, type UserError } from '../api/user-error.ts';
import { hasConnections } from './mcp-server-dependents.ts';
import type { McpServer } from './mcp-server.entity.ts';
import type { McpServerChange } from './mcp-server-rules.ts';

/** What gateways have to learn of a change: nothing, the server's own document, or that its routes come or go. */
export type Effect = 'unchanged' | 'unseen' | 'document' | 'routes';

/** Kept in the control plane. */
const UNSEEN: readonly string[] = ['description', 'url'] satisfies (keyof McpServerChange)[];

/** Absent leaves the value, null clears it, anything else sets it. */
export function applyChange(row: McpServer, change: McpServerChange): Effect {
  const changed = Object.entries(change).filter(([field, value]) => value !== undefined && value !== row[field as keyof McpServerChange]);
  Object.assign(row, Object.fromEntries(changed));
  const fields = changed.map(([field]) => field);
  if (fields.length === 0) return 'unchanged';
  if (fields.includes('enabled')) return 'routes';
  return fields.every((field) => UNSEEN.includes(field)) ? 'unseen' : 'document';
}

/**
 * Stored credentials were entrusted to one upstream, for one kind of subject. Whoever may change the server must not be able to send
 * them elsewhere, or to have them used for somebody else.
 */
export async function findDependencyFaults(em: EntityManager, row: McpServer, change: McpServerChange): Promise<UserError[]> {
  const moved = change.canonicalUrl !== undefined && new URL(change.canonicalUrl).origin !== new URL(row.canonicalUrl).origin;
  const fields = [
    ...(moved ? ['url'] : []),
    ...(change.authentication !== undefined && change.authentication !== row.authentication ? ['authentication'] : []),
    ...(change.granularity !== undefined && change.granularity !== row.granularity ? ['granularity'] : []),
  ];
  if (fields.length === 0 || !(await hasConnections(em, row.id))) return [];
  const message = 'Connections are stored for this server as it is. Delete them first.';
  return fields.map((field) => ({ code: UserErrorCode.HAS_DEPENDENTS, message, field: ['input', field] }));
}
