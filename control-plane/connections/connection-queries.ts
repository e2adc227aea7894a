import type { EntityManager } from '@mikro-orm/postgresql';
import { documentNames, type Granularity } from '../../contract/snapshot.ts';
import type { ApiContext } from '../api/context.ts';
import { findNodeTypeName } from '../api/ids.ts';
import { makePageBatch, toPageKey } from '../api/page-batch.ts';
import type { Page, PageArgs } from '../api/page.ts';
import { decide, type Access } from '../authorization/index.ts';
import { batchMcpServers } from '../mcp-servers/index.ts';
import { toSubjectResource } from './connection-subject.ts';
import { ConnectionEntity, type Connection } from './connection.entity.ts';
import { toConnectionType, type ConnectionType } from './connection.type.ts';

/** A connection that the caller sees. */
export async function readConnection(id: string, context: ApiContext): Promise<ConnectionType | null> {
  return toVisible(await context.em.findOne(ConnectionEntity, id), context);
}

/** The same by its natural key. */
export async function readConnectionBySubject(mcpServerId: string, subjectId: string, context: ApiContext): Promise<ConnectionType | null> {
  return toVisible(await context.em.findOne(ConnectionEntity, { mcpServerId, subjectId }), context);
}

/** The connections of a server that the caller sees. */
export function listServerConnections(
  server: { readonly id: string; readonly organizationId: string },
  args: PageArgs,
  { access, loaders }: ApiContext,
): Promise<Page<ConnectionType>> {
  return loaders.load(batchServerConnections, toPageKey(server.id, args, toConnectionScope(access, server.organizationId)));
}

/** The connections of a workspace or a person, oldest first; none where the caller does not see them. */
export function listSubjectConnections(
  kind: Granularity,
  subject: { readonly id: string; readonly organizationId: string },
  args: PageArgs,
  { access, loaders }: ApiContext,
): Promise<Page<ConnectionType>> {
  const resource = toSubjectResource(kind, subject.id, subject.organizationId);
  return loaders.load(batchSubjectConnections, toPageKey(subject.id, args, decide(access, 'connection.read', resource) === 'allowed'));
}

/** The documents that the credentials of a workspace or a person are in; until the commit, no credential of theirs comes or goes. */
export async function findConnectionDocuments(em: EntityManager, subjectId: string): Promise<string[]> {
  const table = SUBJECT_TABLES[findNodeTypeName(subjectId) ?? ''];
  if (table !== undefined) await em.execute(`SELECT id FROM ${table} WHERE id = ? FOR UPDATE`, [subjectId]);
  const rows = await em.execute<{ mcp_server_id: string; shard: string }[]>(
    `SELECT mcp_server_id, shard FROM connections WHERE subject_id = ? FOR UPDATE`,
    [subjectId],
  );
  return rows.map((row) => documentNames.connections(row.mcp_server_id, row.shard));
}

/** Where a subject's row is, whose lock new credentials wait for by their foreign key. */
const SUBJECT_TABLES: Readonly<Record<string, string>> = { Workspace: 'workspaces', User: 'users' };

async function toVisible(row: Connection | null, { access, loaders }: ApiContext): Promise<ConnectionType | null> {
  const server = row === null ? null : await loaders.load(batchMcpServers, row.mcpServerId);
  if (row === null || server === null) return null;
  const resource = toSubjectResource(row.subjectKind, row.subjectId, server.organizationId);
  return decide(access, 'connection.read', resource) === 'allowed' ? toConnectionType(row) : null;
}

interface ConnectionScope {
  readonly all: boolean;
  /** Otherwise those of these workspaces and people. */
  readonly subjectIds: readonly string[];
}

function toConnectionScope(access: Access, organizationId: string): ConnectionScope {
  const isReadable = (workspaceId: string) => decide(access, 'connection.read', { organizationId, workspaceId }) === 'allowed';
  const own = access.actor.kind === 'user' ? [access.actor.userId] : [];
  return {
    all: decide(access, 'connection.read', { organizationId, workspaceId: null }) === 'allowed',
    subjectIds: [...own, ...[...access.workspaceSeats.keys()].filter(isReadable)],
  };
}

const batchServerConnections = makePageBatch(
  ConnectionEntity,
  ({ all, subjectIds }: ConnectionScope) => ({
    sql: `FROM connections item WHERE item.mcp_server_id = parent.id
      AND (?::boolean OR item.subject_id IN (SELECT jsonb_array_elements_text(?::jsonb)))`,
    values: [all, JSON.stringify(subjectIds)],
  }),
  toConnectionType,
);

const batchSubjectConnections = makePageBatch(
  ConnectionEntity,
  (isSeen: boolean) => ({ sql: 'FROM connections item WHERE item.subject_id = parent.id AND ?::boolean', values: [isSeen] }),
  toConnectionType,
);
