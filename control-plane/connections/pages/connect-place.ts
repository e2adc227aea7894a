import type { EntityManager } from '@mikro-orm/postgresql';
import { readPersonAccess } from '../../api-keys/index.ts';
import { decide, type Access } from '../../authorization/index.ts';
import { isServerVisible, McpServerEntity, type McpServer } from '../../mcp-servers/index.ts';
import { WorkspaceEntity, type Workspace } from '../../workspaces/index.ts';
import { toStoringAction, toSubjectResource } from '../connection-subject.ts';
import { toSubjectId } from '../oauth/upstream-need.ts';

/** A server in a workspace, as a person comes to it to connect it. */
export interface ConnectPlace {
  readonly server: McpServer;
  readonly workspace: Workspace;
  /** Whose credential it takes there. */
  readonly subjectId: string;
  readonly access: Access;
}

/** By slugs or ids. Undefined where the person neither belongs to the workspace nor may connect the server in it. */
export async function readConnectPlace(
  em: EntityManager,
  { organizationId, userId }: { readonly organizationId: string; readonly userId: string },
  names: Readonly<Record<string, string>>,
): Promise<ConnectPlace | undefined> {
  const named = (name: string | undefined) => ({ organizationId, $or: [{ slug: name }, { id: name }] });
  const workspace = await em.findOne(WorkspaceEntity, named(names['workspace']));
  const server = await em.findOne(McpServerEntity, named(names['server']));
  if (workspace === null || server === null) return undefined;
  const access = await readPersonAccess(em, userId);
  if (!(await isServerVisible(em, access, server))) return undefined;
  const subjectId = toSubjectId({ server, workspaceId: workspace.id, user: { id: userId } });
  const resource = toSubjectResource(server.granularity, subjectId, organizationId);
  // Administrators connect what they do not use themselves.
  const mayConnect = server.granularity !== 'USER' && decide(access, toStoringAction(server.granularity), resource) === 'allowed';
  return access.workspaceSeats.has(workspace.id) || mayConnect ? { server, workspace, subjectId, access } : undefined;
}
