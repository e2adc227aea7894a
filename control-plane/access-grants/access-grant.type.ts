import { Field, GraphQLISODateTime, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { CapabilityPolicySchema, type CapabilityPolicy } from '../../contract/access-rule.ts';
import { UserAccessSchema, type PayloadCapture, type UserAccess } from '../../contract/snapshot.ts';
import { NodeType } from '../api/node.ts';
import { makeConnectionType } from '../api/page.ts';
import { PayloadCaptureEnum } from '../mcp-servers/index.ts';
import type { AccessGrant, UserOverride } from './access-grant.entity.ts';

/** The values of {@link UserAccess}, for GraphQL. */
export const UserAccessEnum = UserAccessSchema.enum;

registerEnumType(UserAccessEnum, {
  name: 'UserAccess',
  description: 'Whether people may use a granted server.',
  valuesConfig: {
    ALLOW: { description: 'They may.' },
    DENY: { description: 'They may not; to them it looks as if it were not there.' },
  },
});

/** What becomes of capabilities that appear, for GraphQL. */
export const NewCapabilitiesEnum = CapabilityPolicySchema.shape.newCapabilities.enum;

registerEnumType(NewCapabilitiesEnum, {
  name: 'NewCapabilities',
  description: 'What becomes of a tool, prompt, resource or template that a granted server did not offer before.',
  valuesConfig: {
    ALLOW: { description: 'It can be used at once, as far as rules allow.' },
    HOLD: { description: 'It is held until somebody approves it; to callers it looks as if it were not there.' },
  },
});

@ObjectType('UserOverride', { description: "One person's exception in a grant." })
export class UserOverrideType {
  userId!: string;

  @Field(() => UserAccessEnum, { description: 'What holds for this person, instead of the default.' })
  access!: UserAccess;
}

@ObjectType('AccessGrant', { implements: NodeType, description: 'One MCP server made available to one workspace.' })
export class AccessGrantType extends NodeType {
  @Field(() => ID, { description: 'Opaque, with the prefix grant_. Never changes.' })
  declare id: string;

  workspaceId!: string;
  mcpServerId!: string;

  @Field(() => Boolean, { description: 'Whether the grant is in force. A disabled one keeps its settings.' })
  enabled!: boolean;

  @Field(() => UserAccessEnum, {
    description: 'What holds for people who have no override. Service keys of the workspace may use the server either way.',
  })
  defaultUserAccess!: UserAccess;

  @Field(() => NewCapabilitiesEnum, { description: 'What becomes of capabilities that its server did not offer before.' })
  newCapabilities!: CapabilityPolicy['newCapabilities'];

  @Field(() => Boolean, {
    description: 'Whether a capability whose definition is not the approved one is held until somebody approves the difference.',
  })
  pinsDefinitions!: boolean;

  @Field(() => PayloadCaptureEnum, {
    nullable: true,
    description: 'What of calls through the grant is kept in the log of interactions besides their facts. Null: what the server says.',
  })
  payloadCapture!: PayloadCapture | null;

  @Field(() => GraphQLISODateTime, { description: 'When it was created.' })
  createdAt!: Date;

  @Field(() => GraphQLISODateTime, { description: 'When it was last changed, its overrides included.' })
  updatedAt!: Date;

  @Field(() => Int, { description: 'Counts its changes; pass it as `expectedVersion`.' })
  version!: number;
}

export const AccessGrantConnection = makeConnectionType('AccessGrant', () => AccessGrantType);

export function toAccessGrantType(row: AccessGrant): AccessGrantType {
  const { id, workspaceId, mcpServerId, enabled, defaultUserAccess, newCapabilities, pinsDefinitions, createdAt, updatedAt, version } = row;
  const payloadCapture = row.payloadCapture ?? null;
  return {
    id,
    workspaceId,
    mcpServerId,
    enabled,
    defaultUserAccess,
    newCapabilities,
    pinsDefinitions,
    payloadCapture,
    createdAt,
    updatedAt,
    version,
  };
}

export function toUserOverrideType({ userId, access }: UserOverride): UserOverrideType {
  return { userId, access };
}
