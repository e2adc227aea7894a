import type { EntityManager } from '@mikro-orm/postgresql';
import { readPersonAccess } from '../../api-keys/index.ts';
import { decide } from '../../authorization/index.ts';
import type { McpServer } from '../../mcp-servers/index.ts';
import { toStoringAction, toSubjectResource } from '../connection-subject.ts';
import { ConnectionEntity } from '../connection.entity.ts';
import { ConnectionTokensEntity } from './connection-tokens.entity.ts';

/** What has to happen until a person can call a server. */
export type UpstreamNeed =
  | { readonly kind: 'none' }
  /** They give their consent at the upstream. */
  | { readonly kind: 'connect'; readonly subjectId: string }
  /** They enter values of their own. */
  | { readonly kind: 'enter_headers'; readonly subjectId: string }
  /** Somebody else has to connect it. */
  | { readonly kind: 'ask'; readonly whom: string };

/** Who wants to call what, from where. */
export interface UpstreamUse {
  readonly server: McpServer;
  readonly workspaceId: string;
  readonly user: { readonly id: string };
}

/** Decided by what is stored now. */
export async function findUpstreamNeed(em: EntityManager, { server, workspaceId, user }: UpstreamUse): Promise<UpstreamNeed> {
  if (server.authentication === 'NONE') return { kind: 'none' };
  const subjectId = toSubjectId({ server, workspaceId, user });
  const connection = await em.findOne(ConnectionEntity, { mcpServerId: server.id, subjectId });
  const tokens = connection === null ? null : await em.findOne(ConnectionTokensEntity, connection.id);
  if (connection !== null && tokens?.state !== 'NEEDS_AUTHORIZATION') return { kind: 'none' };
  const access = await readPersonAccess(em, user.id);
  const resource = toSubjectResource(server.granularity, subjectId, server.organizationId);
  if (decide(access, toStoringAction(server.granularity), resource) !== 'allowed') return { kind: 'ask', whom: describeConnectors(server) };
  return { kind: server.authentication === 'OAUTH' ? 'connect' : 'enter_headers', subjectId };
}

/** Who can connect a server's subject, in words. */
export function describeConnectors({ granularity, name }: Pick<McpServer, 'granularity' | 'name'>): string {
  switch (granularity) {
    case 'ORGANIZATION':
      return `An owner or administrator of the organization has to connect ${name}.`;
    case 'WORKSPACE':
      return `A manager of the workspace, or an administrator of the organization, has to connect ${name}.`;
    case 'USER':
      return `Each person connects ${name} themselves.`;
  }
}

/** Whose credential a call uses. */
export function toSubjectId({ server, workspaceId, user }: UpstreamUse): string {
  switch (server.granularity) {
    case 'ORGANIZATION':
      return server.organizationId;
    case 'WORKSPACE':
      return workspaceId;
    case 'USER':
      return user.id;
  }
}
