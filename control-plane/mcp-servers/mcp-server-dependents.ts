import type { EntityManager } from '@mikro-orm/postgresql';
import { documentNames } from '../../contract/snapshot.ts';

/** How many workspaces a payload names. */
const NAMED_WORKSPACES = 100;

/** The workspaces that lose a server. */
export interface AffectedWorkspaces {
  readonly count: number;
  /** Ids of the first of them, by slug. */
  readonly named: readonly string[];
}

/** Every document that a server is in: its own, its credentials, what people allowed for it, and the workspaces that route to it. */
export async function findServerDocuments(em: EntityManager, serverId: string): Promise<string[]> {
  const workspaces = await em.execute<{ id: string }[]>(`SELECT workspace_id AS id FROM access_grants WHERE mcp_server_id = ?`, [serverId]);
  const shards = await em.execute<{ shard: string }[]>(`SELECT DISTINCT shard FROM connections WHERE mcp_server_id = ?`, [serverId]);
  const consents = await em.execute<{ workspace_id: string; shard: string }[]>(
    `SELECT DISTINCT workspace_id, shard FROM consents WHERE mcp_server_id = ?`,
    [serverId],
  );
  return [
    documentNames.server(serverId),
    ...workspaces.map(({ id }) => documentNames.workspace(id)),
    ...shards.map(({ shard }) => documentNames.connections(serverId, shard)),
    ...consents.map((row) => documentNames.consents(row.workspace_id, row.shard)),
  ];
}

/** Every document that the servers of a workspace are in, held as they are until the commit. */
export async function findOwnedServerDocuments(em: EntityManager, workspaceId: string): Promise<string[]> {
  const owned = await em.execute<{ id: string }[]>(`SELECT id FROM mcp_servers WHERE workspace_id = ? FOR UPDATE`, [workspaceId]);
  const documents = [];
  for (const { id } of owned) documents.push(...(await findServerDocuments(em, id)));
  return documents;
}

/** Whether anybody has entrusted a credential to a server. */
export async function hasConnections(em: EntityManager, serverId: string): Promise<boolean> {
  return (await em.execute<unknown[]>(`SELECT 1 FROM connections WHERE mcp_server_id = ? LIMIT 1`, [serverId])).length > 0;
}

export async function readAffectedWorkspaces(em: EntityManager, serverId: string): Promise<AffectedWorkspaces> {
  const [counted] = await em.execute<{ count: number }[]>(`SELECT count(*)::int AS count FROM access_grants WHERE mcp_server_id = ?`, [
    serverId,
  ]);
  const ids = await em.execute<{ id: string }[]>(
    `SELECT w.id FROM access_grants g JOIN workspaces w ON w.id = g.workspace_id WHERE g.mcp_server_id = ? ORDER BY w.slug LIMIT ${NAMED_WORKSPACES}`,
    [serverId],
  );
  return { count: counted?.count ?? 0, named: ids.map(({ id }) => id) };
}

/** Every workspace that has the server by a grant. */
export async function listGrantedWorkspaces(em: EntityManager, serverId: string): Promise<string[]> {
  const rows = await em.execute<{ id: string }[]>('SELECT workspace_id AS id FROM access_grants WHERE mcp_server_id = ?', [serverId]);
  return rows.map(({ id }) => id);
}
