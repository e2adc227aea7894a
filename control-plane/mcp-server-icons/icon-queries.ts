import type { EntityManager } from '@mikro-orm/postgresql';
import type { ApiContext } from '../api/context.ts';
import { checkScope } from '../authorization/index.ts';
import { readMcpServer } from '../mcp-servers/index.ts';
import type { IconImage } from './icon-image.ts';

/** The icon of another address is none of the present one. */
const CURRENT_HASHES = `
  SELECT i.mcp_server_id AS id, i.image_hash AS hash FROM mcp_server_icons i JOIN mcp_servers s ON s.id = i.mcp_server_id
  WHERE i.target = s.canonical_url AND i.image_hash IS NOT NULL AND s.id IN (SELECT jsonb_array_elements_text(?::jsonb))`;

const IMAGE = `SELECT content_type AS "contentType", image AS bytes FROM mcp_server_icons WHERE mcp_server_id = ? AND image_hash = ?`;

/** Where the icons of servers are that the caller sees already: paths on the origin of the API. */
export async function batchIconPaths(em: EntityManager, ids: readonly string[]): Promise<(string | null)[]> {
  const rows = await em.execute<{ id: string; hash: string }[]>(CURRENT_HASHES, [JSON.stringify(ids)]);
  const byId = new Map(rows.map(({ id, hash }) => [id, `/icons/${id}/${hash}`]));
  return ids.map((id) => byId.get(id) ?? null);
}

/**
 * An icon by what is in it; null where the caller sees no such server, or its icon is another one.
 * @throws {AccessError} where the caller is nobody, or has a key that may not read.
 */
export async function readIconImage(serverId: string, hash: string, context: ApiContext): Promise<IconImage | null> {
  checkScope(context.access, 'mcp_server.read');
  if ((await readMcpServer(serverId, context)) === null) return null;
  const [image] = await context.em.execute<IconImage[]>(IMAGE, [serverId, hash]);
  return image ?? null;
}
