import type { ApiContext } from '../api/context.ts';
import { makeIdBatch } from '../api/id-batch.ts';
import { makePageBatch, toPageKey } from '../api/page-batch.ts';
import type { Page, PageArgs, SearchPageArgs } from '../api/page.ts';
import { McpServerEntity } from './mcp-server.entity.ts';
import { isServerVisible, toServerScope, type ServerScope } from './mcp-server-visibility.ts';
import { toMcpServerType, type McpServerType } from './mcp-server.type.ts';

/** A server that the caller sees. */
export async function readMcpServer(id: string, { access, em, loaders }: ApiContext): Promise<McpServerType | null> {
  const server = await loaders.load(batchMcpServers, id);
  return server !== null && (await isServerVisible(em, access, server)) ? server : null;
}

/** The same by its natural key. */
export async function readMcpServerBySlug(organizationId: string, slug: string, { access, em }: ApiContext): Promise<McpServerType | null> {
  const row = await em.findOne(McpServerEntity, { organizationId, slug });
  return row !== null && (await isServerVisible(em, access, row)) ? toMcpServerType(row) : null;
}

/** The servers of an organization that the caller sees. */
export function listOrganizationServers(
  organizationId: string,
  args: SearchPageArgs,
  { access, loaders }: ApiContext,
): Promise<Page<McpServerType>> {
  const scope = { ...toServerScope(access, organizationId), nameContains: args.nameContains ?? null };
  return loaders.load(batchOrganizationServers, toPageKey(organizationId, args, scope));
}

/** The servers that a workspace owns or has a grant for. Whoever sees the workspace sees them. */
export function listWorkspaceServers(workspaceId: string, args: PageArgs, { loaders }: ApiContext): Promise<Page<McpServerType>> {
  return loaders.load(batchWorkspaceServers, toPageKey(workspaceId, args, null));
}

/** For fields of other types, whose objects the caller sees already. */
export const batchMcpServers = makeIdBatch(McpServerEntity, toMcpServerType);

const batchOrganizationServers = makePageBatch(
  McpServerEntity,
  ({ all, hub, workspaceIds, nameContains }: ServerScope & { readonly nameContains: string | null }) => ({
    sql: `FROM mcp_servers item WHERE item.organization_id = parent.id
      AND (?::text IS NULL OR strpos(lower(item.name || ' ' || item.slug), lower(?)) > 0) AND (
      ?::boolean OR (?::boolean AND item.workspace_id IS NULL)
      OR item.workspace_id IN (SELECT jsonb_array_elements_text(?::jsonb))
      OR item.id IN (SELECT mcp_server_id FROM access_grants WHERE workspace_id IN (SELECT jsonb_array_elements_text(?::jsonb))))`,
    values: [nameContains, nameContains, all, hub, JSON.stringify(workspaceIds), JSON.stringify(workspaceIds)],
  }),
  toMcpServerType,
);

const batchWorkspaceServers = makePageBatch(
  McpServerEntity,
  () => ({
    sql: `FROM mcp_servers item WHERE (item.workspace_id = parent.id
      OR item.id IN (SELECT mcp_server_id FROM access_grants WHERE workspace_id = parent.id))`,
  }),
  toMcpServerType,
);
