import { defineEntity, p, type InferEntity } from '@mikro-orm/postgresql';
import type { WorkspaceRole } from '../authorization/index.ts';

/** A part of an organization that servers are granted to and people work in. */
export const WorkspaceEntity = defineEntity({
  name: 'Workspace',
  tableName: 'workspaces',
  properties: {
    id: p.string().primary(),
    organizationId: p.string(),
    slug: p.string(),
    name: p.string(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
    version: p.integer().version(),
  },
});

export type Workspace = InferEntity<typeof WorkspaceEntity>;

/** A person's role in a workspace. */
export const WorkspaceMemberEntity = defineEntity({
  name: 'WorkspaceMember',
  tableName: 'workspace_members',
  properties: {
    id: p.string().primary(),
    workspaceId: p.string(),
    userId: p.string(),
    role: p.string().$type<WorkspaceRole>(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
    version: p.integer().version(),
  },
});

export type WorkspaceMember = InferEntity<typeof WorkspaceMemberEntity>;
