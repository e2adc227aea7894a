import { LockMode, type EntityManager } from '@mikro-orm/postgresql';
import { documentNames } from '../../contract/snapshot.ts';
import { AccessGrantEntity } from '../access-grants/index.ts';
import type { Resource } from '../authorization/index.ts';
import { McpServerEntity } from '../mcp-servers/index.ts';
import { toResource, WorkspaceEntity } from '../workspaces/index.ts';

/** What rules hang on: a server or a grant. */
export interface RuleParent {
  readonly mcpServerId: string | null;
  readonly accessGrantId: string | null;
}

/** Where a rule holds. */
export interface RulePlace {
  readonly organizationId: string;
  readonly resource: Resource;
  /** The snapshot document that carries it. */
  readonly document: string;
}

/**
 * Where the rules of a parent hold; undefined where there is no such parent.
 * @param isChange locks the parent, so that two rules that are added at once are counted one after the other.
 */
export async function readRulePlace(em: EntityManager, parent: RuleParent, isChange = false): Promise<RulePlace | undefined> {
  const options = isChange ? { lockMode: LockMode.PESSIMISTIC_WRITE as const } : {};
  if (parent.mcpServerId !== null) {
    const server = await em.findOne(McpServerEntity, parent.mcpServerId, options);
    if (server === null) return undefined;
    const { organizationId, workspaceId } = server;
    return { organizationId, resource: { organizationId, workspaceId: workspaceId ?? null }, document: documentNames.server(server.id) };
  }
  const grant = await em.findOne(AccessGrantEntity, { id: parent.accessGrantId ?? '' }, options);
  const workspace = grant === null ? null : await em.findOne(WorkspaceEntity, grant.workspaceId);
  if (workspace === null) return undefined;
  return { organizationId: workspace.organizationId, resource: toResource(workspace), document: documentNames.workspace(workspace.id) };
}
