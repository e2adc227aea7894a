import { Field, GraphQLISODateTime, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { NodeType } from '../api/node.ts';
import { makeConnectionType } from '../api/page.ts';
import type { OrganizationRole } from '../authorization/index.ts';
import type { User } from './user.entity.ts';

/** The values of {@link OrganizationRole}, for GraphQL. */
export const OrganizationRoleEnum: Readonly<Record<OrganizationRole, OrganizationRole>> = {
  OWNER: 'OWNER',
  ADMIN: 'ADMIN',
  MEMBER: 'MEMBER',
  AUDITOR: 'AUDITOR',
};

registerEnumType(OrganizationRoleEnum, {
  name: 'OrganizationRole',
  description: 'What a person may do in their organization.',
  valuesConfig: {
    OWNER: { description: 'Everything, the organization itself included.' },
    ADMIN: { description: 'Manages servers, workspaces, people and keys; cannot make or change owners.' },
    MEMBER: { description: 'Uses what the workspaces they are in have.' },
    AUDITOR: { description: 'Sees everything, changes nothing.' },
  },
});

@ObjectType('User', { implements: NodeType, description: 'A person of one organization.' })
export class UserType extends NodeType {
  @Field(() => ID, { description: 'Opaque, with the prefix usr_. Never changes.' })
  declare id: string;

  organizationId!: string;

  @Field(() => String, {
    description: 'Their e-mail address as it was entered. Unique in the organization, whatever the case of its letters.',
  })
  email!: string;

  @Field(() => String, { description: 'What people call them, 1 to 120 characters.' })
  name!: string;

  @Field(() => OrganizationRoleEnum, { description: 'Their role in the organization.' })
  role!: OrganizationRole;

  @Field(() => Boolean, {
    description: 'Whether they may do anything. The keys of a disabled person stop working with the revision that says so.',
  })
  enabled!: boolean;

  @Field(() => [String], { description: 'Groups that their identity provider named when they last signed in by it, at most 200.' })
  groups!: string[];

  @Field(() => GraphQLISODateTime, { description: 'When they were added.' })
  createdAt!: Date;

  @Field(() => GraphQLISODateTime, { description: 'When they were last changed.' })
  updatedAt!: Date;

  @Field(() => Int, { description: 'Counts the changes; pass it as `expectedVersion`.' })
  version!: number;
}

export const UserConnection = makeConnectionType('User', () => UserType);

export function toUserType(row: User): UserType {
  const { id, organizationId, email, name, role, enabled, groups, createdAt, updatedAt, version } = row;
  return { id, organizationId, email, name, role, enabled, groups, createdAt, updatedAt, version };
}
