import type { EntityManager } from '@mikro-orm/postgresql';
import { McpServerEntity, type McpServer } from '../../mcp-servers/index.ts';
import { ConnectionEntity, type Connection } from '../connection.entity.ts';
import { batchConnectionTokens, type ConnectionState, toConnectionReason, toConnectionState } from '../connection-state.ts';

/** A server that a person connects themselves. */
export interface OwnConnection {
  readonly server: McpServer;
  /** One that the person reaches it through. */
  readonly workspaceId: string;
  readonly connection: Connection | null;
  readonly state: ConnectionState | null;
  readonly reason: string | null;
}

/** Servers that are shown at most. */
const MAX_SERVERS = 200;

/** The servers that a person connects themselves and can reach through a workspace, by name. */
export async function listOwnConnections(em: EntityManager, userId: string, nowMs: number): Promise<OwnConnection[]> {
  const reachable = await em.execute<{ id: string; workspace_id: string }[]>(
    `SELECT g.mcp_server_id AS id, min(g.workspace_id) AS workspace_id FROM access_grants g JOIN workspace_members m ON m.workspace_id = g.workspace_id
     WHERE m.user_id = ? AND g.enabled GROUP BY g.mcp_server_id`,
    [userId],
  );
  const servers = await em.find(
    McpServerEntity,
    { id: { $in: reachable.map(({ id }) => id) }, granularity: 'USER', authentication: { $ne: 'NONE' }, enabled: true },
    { orderBy: { name: 'asc', id: 'asc' }, limit: MAX_SERVERS },
  );
  const connections = await em.find(ConnectionEntity, { subjectId: userId });
  const tokens = await batchConnectionTokens(em, connections.map(({ id }) => id)); // prettier-ignore
  const workspaces = new Map(reachable.map(({ id, workspace_id: workspaceId }) => [id, workspaceId]));
  return servers.map((server) => {
    const workspaceId = workspaces.get(server.id)!;
    const index = connections.findIndex(({ mcpServerId }) => mcpServerId === server.id);
    if (index < 0) return { server, workspaceId, connection: null, state: null, reason: null };
    const state = toConnectionState(tokens[index] ?? null, nowMs);
    return { server, workspaceId, connection: connections[index]!, state, reason: toConnectionReason(tokens[index] ?? null, state) };
  });
}
