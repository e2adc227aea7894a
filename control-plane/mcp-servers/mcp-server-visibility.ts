import type { EntityManager } from '@mikro-orm/postgresql';
import { decide, type Access } from '../authorization/index.ts';

/** A server, as far as access to it depends on it. */
export interface ServerPlace {
  readonly id: string;
  readonly organizationId: string;
  readonly workspaceId?: string | null;
}

/** Which servers of an organization a caller sees. */
export interface ServerScope {
  /** Every one, whoever owns it. */
  readonly all: boolean;
  /** Those that the organization owns: whoever manages a workspace may bring them in. */
  readonly hub: boolean;
  /** Those that these workspaces own or have a grant for. */
  readonly workspaceIds: readonly string[];
}

/** What an action on a server is decided by. */
export function toServerResource({ organizationId, workspaceId }: Omit<ServerPlace, 'id'>): {
  organizationId: string;
  workspaceId: string | null;
} {
  return { organizationId, workspaceId: workspaceId ?? null };
}

export function toServerScope(access: Access, organizationId: string): ServerScope {
  const seats = [...access.workspaceSeats].filter(([, seat]) => seat.organizationId === organizationId);
  return {
    all: decide(access, 'mcp_server.read', { organizationId, workspaceId: null }) === 'allowed',
    hub: seats.some(([, seat]) => seat.role === 'MANAGER'),
    workspaceIds: seats.map(([id]) => id),
  };
}

export async function isServerVisible(em: EntityManager, access: Access, server: ServerPlace): Promise<boolean> {
  const { all, hub, workspaceIds } = toServerScope(access, server.organizationId);
  if (all || (hub && server.workspaceId == null)) return true;
  if (workspaceIds.length === 0) return false;
  if (server.workspaceId != null && workspaceIds.includes(server.workspaceId)) return true;
  const rows = await em.execute<unknown[]>(
    `SELECT 1 FROM access_grants WHERE mcp_server_id = ? AND workspace_id IN (SELECT jsonb_array_elements_text(?::jsonb)) LIMIT 1`,
    [server.id, JSON.stringify(workspaceIds)],
  );
  return rows.length > 0;
}
