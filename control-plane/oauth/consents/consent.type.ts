import { Field, GraphQLISODateTime, ID, Int, ObjectType } from 'type-graphql';
import { NodeType } from '../../api/node.ts';
import { makeConnectionType } from '../../api/page.ts';
import type { Consent } from './consent.entity.ts';

@ObjectType('Consent', {
  implements: NodeType,
  description:
    'What a person allowed on the consent page: that an application (OAuth client) uses an MCP server in their name. Its tokens end with it.',
})
export class ConsentType extends NodeType {
  @Field(() => ID, { description: 'Opaque, with the prefix cst_. Never changes.' })
  declare id: string;

  organizationId!: string;
  userId!: string;
  workspaceId!: string;
  mcpServerId!: string;

  @Field(() => String, {
    description: 'The client_id (RFC 6749 section 2.2): opaque for an application that registered, an https URL for one with a document.',
  })
  clientId!: string;

  @Field(() => String, { description: 'What the application calls itself, at most 200 characters. Nobody has checked that it is true.' })
  clientName!: string;

  @Field(() => [String], {
    description:
      'Where the person allowed to be sent back, at most 20: a host, the scheme of an application on their machine, or "loopback" for a program on it.',
  })
  redirectTargets!: readonly string[];

  @Field(() => [String], { description: 'The scopes of its tokens, at most one: "mcp".' })
  scopes!: readonly string[];

  @Field(() => GraphQLISODateTime, { description: 'When a token was last given out on it, five minutes more or less.' })
  lastUsedAt!: Date;

  @Field(() => GraphQLISODateTime, { description: 'When the person allowed it first.' })
  createdAt!: Date;

  @Field(() => GraphQLISODateTime, { description: 'When the person last confirmed it.' })
  updatedAt!: Date;

  @Field(() => Int, { description: 'Counts its changes; pass it as `expectedVersion`.' })
  version!: number;
}

export const ConsentConnection = makeConnectionType('Consent', () => ConsentType);

export function toConsentType(row: Consent): ConsentType {
  const { id, organizationId, userId, workspaceId, mcpServerId, clientId, clientName, redirectTargets, scopes } = row;
  const { lastUsedAt, createdAt, updatedAt, version } = row;
  return {
    id,
    organizationId,
    userId,
    workspaceId,
    mcpServerId,
    clientId,
    clientName,
    redirectTargets,
    scopes,
    lastUsedAt,
    createdAt,
    updatedAt,
    version,
  };
}
