import type { EntityManager } from '@mikro-orm/postgresql';
import type { Granularity } from '../../contract/snapshot.ts';
import { findNodeTypeName, type NodeTypeName } from '../api/ids.ts';
import { UserErrorCode, type UserError } from '../api/user-error.ts';
import { authorize, type Access, type Action } from '../authorization/index.ts';
import { UserEntity } from '../identity/index.ts';
import type { McpServer } from '../mcp-servers/index.ts';
import { WorkspaceEntity } from '../workspaces/index.ts';

/** What an action on a subject's credential is decided by. */
export interface SubjectResource {
  readonly organizationId: string;
  readonly workspaceId?: string | null;
  readonly userId?: string | null;
}

const SUBJECT_TYPES: Readonly<Record<Granularity, NodeTypeName>> = { ORGANIZATION: 'Organization', WORKSPACE: 'Workspace', USER: 'User' };
const FIELD = ['input', 'subjectId'];
const NOT_FOUND: UserError = { code: UserErrorCode.NOT_FOUND, message: 'There is no such subject, or you cannot see it.', field: FIELD };

/** A person's credential belongs to the person, whatever workspaces they share. */
export function toSubjectResource(kind: Granularity, subjectId: string, organizationId: string): SubjectResource {
  switch (kind) {
    case 'ORGANIZATION':
      return { organizationId, workspaceId: null };
    case 'WORKSPACE':
      return { organizationId, workspaceId: subjectId };
    case 'USER':
      return { organizationId, userId: subjectId };
  }
}

/** A person's header values are theirs alone to enter; those of an organization or a workspace are whoever administers it to enter. */
export function toStoringAction(kind: Granularity): Action {
  return kind === 'USER' ? 'connection.write_own' : 'connection.write';
}

/**
 * Why no credential of this subject can be stored for the server by this caller; undefined where it can.
 * @throws {AccessError} where the caller sees the subject, but may not do this.
 */
export async function findSubjectFault(
  em: EntityManager,
  access: Access,
  server: McpServer,
  subjectId: string,
): Promise<UserError | undefined> {
  const { granularity, organizationId } = server;
  const wanted = SUBJECT_TYPES[granularity];
  if (findNodeTypeName(subjectId) !== wanted) {
    const message = `The server's granularity is ${granularity}: the subject must be the id of ${wanted === 'Organization' ? 'its organization' : `a ${wanted.toLowerCase()}`}.`;
    return { code: UserErrorCode.INVALID, message, field: FIELD };
  }
  // Decided before the subject is looked up, so that the answer does not depend on whether it exists.
  if (!authorize(access, toStoringAction(granularity), toSubjectResource(granularity, subjectId, organizationId))) return NOT_FOUND;
  return (await exists(em, server, subjectId)) ? undefined : NOT_FOUND;
}

async function exists(em: EntityManager, server: McpServer, id: string): Promise<boolean> {
  const { granularity, organizationId } = server;
  switch (granularity) {
    case 'ORGANIZATION':
      return id === organizationId;
    case 'WORKSPACE':
      return (server.workspaceId == null || server.workspaceId === id) && (await em.count(WorkspaceEntity, { id, organizationId })) === 1;
    case 'USER':
      return (await em.count(UserEntity, { id, organizationId })) === 1;
  }
}
