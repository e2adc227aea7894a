import type { EntityManager } from '@mikro-orm/postgresql';
import type { ApiContext } from '../api/context.ts';
import { makeIdBatch } from '../api/id-batch.ts';
import { makePageBatch, toPageKey } from '../api/page-batch.ts';
import type { Page, PageArgs } from '../api/page.ts';
import { decide, type Access } from '../authorization/index.ts';
import { batchWorkspaces, toResource } from '../workspaces/index.ts';
import { AccessGrantEntity, UserOverrideEntity } from './access-grant.entity.ts';
import { toAccessGrantType, toUserOverrideType, type AccessGrantType, type UserOverrideType } from './access-grant.type.ts';

/** A grant that the caller sees. */
export async function readAccessGrant(id: string, context: ApiContext): Promise<AccessGrantType | null> {
  return toVisible(await context.loaders.load(batchAccessGrants, id), context);
}

/** The same by its natural key. */
export async function readAccessGrantByServer(
  workspaceId: string,
  mcpServerId: string,
  context: ApiContext,
): Promise<AccessGrantType | null> {
  const row = await context.em.findOne(AccessGrantEntity, { workspaceId, mcpServerId });
  return toVisible(row === null ? null : toAccessGrantType(row), context);
}

/** The grants of a workspace. Whoever sees the workspace sees them. */
export function listWorkspaceGrants(workspaceId: string, args: PageArgs, { loaders }: ApiContext): Promise<Page<AccessGrantType>> {
  return loaders.load(batchWorkspaceGrants, toPageKey(workspaceId, args, null));
}

/** The grants of a server to workspaces that the caller sees. */
export function listServerGrants(
  server: { readonly id: string; readonly organizationId: string },
  args: PageArgs,
  { access, loaders }: ApiContext,
): Promise<Page<AccessGrantType>> {
  return loaders.load(batchServerGrants, toPageKey(server.id, args, toGrantScope(access, server.organizationId)));
}

/** The exceptions that the caller sees: all of them where they look after the people of the workspace, else their own. */
export async function listUserOverrides(grant: AccessGrantType, { access, loaders }: ApiContext): Promise<UserOverrideType[]> {
  const [overrides, workspace] = await Promise.all([
    loaders.load(batchUserOverrides, grant.id),
    loaders.load(batchWorkspaces, grant.workspaceId),
  ]);
  const place = { organizationId: workspace!.organizationId, workspaceId: grant.workspaceId };
  return overrides.filter(({ userId }) => decide(access, 'user.read', { ...place, userId }) === 'allowed');
}

async function batchUserOverrides(em: EntityManager, grantIds: readonly string[]): Promise<UserOverrideType[][]> {
  const rows = await em.find(UserOverrideEntity, { accessGrantId: { $in: [...grantIds] } }, { orderBy: { userId: 'asc' } });
  const byGrant = Map.groupBy(rows, (row) => row.accessGrantId);
  return grantIds.map((id) => (byGrant.get(id) ?? []).map(toUserOverrideType));
}

const batchAccessGrants = makeIdBatch(AccessGrantEntity, toAccessGrantType);

async function toVisible(grant: AccessGrantType | null, { access, loaders }: ApiContext): Promise<AccessGrantType | null> {
  const workspace = grant === null ? null : await loaders.load(batchWorkspaces, grant.workspaceId);
  return workspace !== null && decide(access, 'access_grant.read', toResource(workspace)) === 'allowed' ? grant : null;
}

interface GrantScope {
  readonly all: boolean;
  readonly workspaceIds: readonly string[];
}

function toGrantScope(access: Access, organizationId: string): GrantScope {
  return {
    all: decide(access, 'access_grant.read', { organizationId, workspaceId: null }) === 'allowed',
    workspaceIds: [...access.workspaceSeats.keys()],
  };
}

const batchWorkspaceGrants = makePageBatch(
  AccessGrantEntity,
  () => ({ sql: 'FROM access_grants item WHERE item.workspace_id = parent.id' }),
  toAccessGrantType,
);

const batchServerGrants = makePageBatch(
  AccessGrantEntity,
  ({ all, workspaceIds }: GrantScope) => ({
    sql: `FROM access_grants item WHERE item.mcp_server_id = parent.id
      AND (?::boolean OR item.workspace_id IN (SELECT jsonb_array_elements_text(?::jsonb)))`,
    values: [all, JSON.stringify(workspaceIds)],
  }),
  toAccessGrantType,
);
