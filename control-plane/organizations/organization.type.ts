import { Field, GraphQLISODateTime, ID, Int, ObjectType } from 'type-graphql';
import { makeConnectionType } from '../api/page.ts';
import { NodeType } from '../api/node.ts';
import type { Organization } from './organization.entity.ts';

@ObjectType('Organization', { implements: NodeType, description: 'A customer of the hub: owns MCP servers, workspaces and people.' })
export class OrganizationType extends NodeType {
  @Field(() => ID, { description: 'Opaque, with the prefix org_. Never changes.' })
  declare id: string;

  @Field(() => String, { description: 'Names the organization. Unique in the installation; never changes.' })
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

export const OrganizationConnection = makeConnectionType('Organization', () => OrganizationType);

export function toOrganizationType(row: Organization): OrganizationType {
  const { id, slug, name, createdAt, updatedAt, version } = row;
  return { id, slug, name, createdAt, updatedAt, version };
}
