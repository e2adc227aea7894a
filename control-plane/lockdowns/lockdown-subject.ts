import type { EntityManager } from '@mikro-orm/postgresql';
import { documentNames } from '../../contract/snapshot.ts';
import { ApiKeyEntity } from '../api-keys/index.ts';
import { findNodeTypeName } from '../api/ids.ts';
import { FOR_CHANGE } from '../database/write.ts';
import type { FindDocuments } from '../database/outbox.ts';
import { UserEntity, type User } from '../identity/index.ts';
import { McpServerEntity } from '../mcp-servers/index.ts';
import { WorkspaceEntity } from '../workspaces/index.ts';
import type { Lockdown } from './lockdown.entity.ts';

/** How the documents of what can be stopped are found. */
export interface SubjectDocuments {
  readonly server: FindDocuments;
  readonly workspace: FindDocuments;
  readonly user: FindDocuments;
}

/** What can be stopped, locked against changes until the commit. */
export interface LockdownSubject {
  readonly organizationId: string;
  /** The column that names it. */
  readonly place: Partial<Pick<Lockdown, 'mcpServerId' | 'workspaceId' | 'userId' | 'apiKeyId'>>;
  /** Where it is a person. */
  readonly user?: User;
  findDocuments(em: EntityManager): Promise<readonly string[]>;
}

type Find = (em: EntityManager, documents: SubjectDocuments, id: string) => Promise<LockdownSubject | undefined>;

/** Undefined where there is no such server, workspace, person or key. */
export async function lockSubject(em: EntityManager, documents: SubjectDocuments, id: string): Promise<LockdownSubject | undefined> {
  return FINDERS[findNodeTypeName(id) ?? '']?.(em, documents, id);
}

const FINDERS: Readonly<Record<string, Find>> = {
  async McpServer(em, documents, id) {
    const row = await em.findOne(McpServerEntity, id, FOR_CHANGE);
    return row === null ? undefined : toSubject(row.organizationId, { mcpServerId: id }, (inner) => documents.server(inner, id));
  },
  async Workspace(em, documents, id) {
    const row = await em.findOne(WorkspaceEntity, id, FOR_CHANGE);
    return row === null ? undefined : toSubject(row.organizationId, { workspaceId: id }, (inner) => documents.workspace(inner, id));
  },
  async User(em, documents, id) {
    const user = await em.findOne(UserEntity, id, FOR_CHANGE);
    if (user === null) return undefined;
    return { ...toSubject(user.organizationId, { userId: id }, (inner) => documents.user(inner, id)), user };
  },
  async ApiKey(em, _documents, id) {
    const row = await em.findOne(ApiKeyEntity, id, FOR_CHANGE);
    if (row === null) return undefined;
    // A key without a workspace is none of the gateways' business.
    const found = row.workspaceId == null ? [] : [documentNames.workspace(row.workspaceId)];
    return toSubject(row.organizationId, { apiKeyId: id }, () => Promise.resolve(found));
  },
};

function toSubject(
  organizationId: string,
  place: LockdownSubject['place'],
  findDocuments: LockdownSubject['findDocuments'],
): LockdownSubject {
  return { organizationId, place, findDocuments };
}
