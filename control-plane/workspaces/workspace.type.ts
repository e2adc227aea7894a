import { Field, GraphQLISODateTime, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { NodeType } from '../api/node.ts';
import { makeConnectionType } from '../api/page.ts';
import type { WorkspaceRole } from '../authorization/index.ts';
import type { Workspace, WorkspaceMember } from './workspace.entity.ts';

/** The values of {@link WorkspaceRole}, for GraphQL. */
export const WorkspaceRoleEnum: Readonly<Record<WorkspaceRole, WorkspaceRole>> = { MANAGER: 'MANAGER', MEMBER: 'MEMBER' };

registerEnumType(WorkspaceRoleEnum, {
  name: 'WorkspaceRole',
  description: 'What a person may do in a workspace.',
  valuesConfig: {
    MANAGER: { description: 'Manages its servers, members and keys.' },
    MEMBER: { description: 'Uses its servers.' },
  },
});

@ObjectType('Workspace', {
  implements: NodeType,
  description: 'A part of an organization that MCP servers are granted to and people work in.',
})
export class WorkspaceType extends NodeType {
  @Field(() => ID, { description: 'Opaque, with the prefix ws_. Never changes.' })
  declare id: string;

  organizationId!: string;

  @Field(() => String, { description: 'The first part of the URLs of its servers. Unique in the gateway; never changes.' })
  slug!: string;

  @Field(() => String, { description: 'What people call it, 1 to 120 characters.' })
  name!: string;

  @Field(() => GraphQLISODateTime, { description: 'When it was created.' })
  createdAt!: Date;

  @Field(() => GraphQLISODateTime, { description: 'When it was last changed.' })
  updatedAt!: Date;

  @Field(() => Int, { description: 'Counts its changes; pass it as `expectedVersion`.' })
  version!: number;
}

@ObjectType('WorkspaceMember', { implements: NodeType, description: 'A person in a workspace.' })
export class WorkspaceMemberType extends NodeType {
  @Field(() => ID, { description: 'Opaque, with the prefix wm_. Never changes.' })
  declare id: string;

  workspaceId!: string;
  userId!: string;

  @Field(() => WorkspaceRoleEnum, { description: 'Their role in the workspace.' })
  role!: WorkspaceRole;

  @Field(() => GraphQLISODateTime, { description: 'When they were added.' })
  createdAt!: Date;

  @Field(() => GraphQLISODateTime, { description: 'When the membership was last changed.' })
  updatedAt!: Date;

  @Field(() => Int, { description: 'Counts its changes; pass it as `expectedVersion`.' })
  version!: number;
}

export const WorkspaceConnection = makeConnectionType('Workspace', () => WorkspaceType);
export const WorkspaceMemberConnection = makeConnectionType('WorkspaceMember', () => WorkspaceMemberType);

export function toWorkspaceType(row: Workspace): WorkspaceType {
  const { id, organizationId, slug, name, createdAt, updatedAt, version } = row;
  return { id, organizationId, slug, name, createdAt, updatedAt, version };
}

export function toWorkspaceMemberType(row: WorkspaceMember): WorkspaceMemberType {
  const { id, workspaceId, userId, role, createdAt, updatedAt, version } = row;
  return { id, workspaceId, userId, role, createdAt, updatedAt, version };
}
