import type { EntityManager } from '@mikro-orm/postgresql';
import { ApiKeyEntity } from '../api-keys/index.ts';
import { UserErrorCode, type UserError } from '../api/user-error.ts';
import { UserEntity } from '../identity/index.ts';
import { McpServerEntity } from '../mcp-servers/index.ts';
import { WorkspaceEntity } from '../workspaces/index.ts';

/** What a limit names. */
export interface LimitScope {
  readonly organizationId: string;
  readonly workspaceId?: string | null;
  readonly userId?: string | null;
  readonly apiKeyId?: string | null;
  readonly mcpServerId?: string | null;
}

/** What a limit names that is not there: all of it together. Only what belongs to the organization is. */
export async function findScopeFaults(em: EntityManager, scope: LimitScope): Promise<readonly UserError[]> {
  const { organizationId, workspaceId, userId, apiKeyId, mcpServerId } = scope;
  const faults: UserError[] = [];
  const check = async (id: string | null | undefined, field: string, what: string, exists: (id: string) => Promise<number>) => {
    if (id == null || (await exists(id)) > 0) return;
    const message = `There is no such ${what}, or you cannot see it.`;
    faults.push({ code: UserErrorCode.NOT_FOUND, message, field: ['input', field] });
  };
  await check(workspaceId, 'workspaceId', 'workspace', (id) => em.count(WorkspaceEntity, { id, organizationId }));
  await check(userId, 'userId', 'user', (id) => em.count(UserEntity, { id, organizationId }));
  await check(apiKeyId, 'apiKeyId', 'API key', (id) => em.count(ApiKeyEntity, { id, organizationId }));
  await check(mcpServerId, 'mcpServerId', 'MCP server', (id) => em.count(McpServerEntity, { id, organizationId }));
  return faults;
}
