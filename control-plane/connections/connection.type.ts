import { Field, GraphQLISODateTime, ID, Int, ObjectType } from 'type-graphql';
import type { Granularity } from '../../contract/snapshot.ts';
import { NodeType } from '../api/node.ts';
import { makeConnectionType } from '../api/page.ts';
import { GranularityEnum } from '../mcp-servers/index.ts';
import type { Connection } from './connection.entity.ts';
import { MAX_HEADERS } from '../mcp-servers/index.ts';

@ObjectType('ConnectionHeader', { description: 'A stored header. Its value goes in and never comes out.' })
export class ConnectionHeaderType {
  @Field(() => String, { description: 'The name, as it was entered.' })
  name!: string;

  @Field(() => String, {
    description:
      'Changes when the value does, and tells nothing else: 16 characters, keyed, and different for the same value elsewhere. Enough to detect drift.',
  })
  fingerprint!: string;

  @Field(() => GraphQLISODateTime, { description: 'When this value was set.' })
  updatedAt!: Date;
}

@ObjectType('Connection', {
  implements: NodeType,
  description:
    "A subject's stored credential for an MCP server: header values that the gateway adds to each request, or access tokens that it obtains and renews.",
})
export class ConnectionType extends NodeType {
  @Field(() => ID, { description: 'Opaque, with the prefix con_. Never changes.' })
  declare id: string;

  mcpServerId!: string;
  connectedById!: string | null;

  @Field(() => GranularityEnum, { description: 'Of which kind the subject is.' })
  subjectKind!: Granularity;

  @Field(() => ID, { description: 'Whose credential it is: an organization, a workspace or a user. Never changes.' })
  subjectId!: string;

  @Field(() => [ConnectionHeaderType], {
    description: `The stored headers, by name; at most ${MAX_HEADERS}. None where the credential is an access token.`,
  })
  headers!: readonly ConnectionHeaderType[];

  @Field(() => GraphQLISODateTime, { description: 'When it was stored.' })
  createdAt!: Date;

  @Field(() => GraphQLISODateTime, { description: 'When it was last changed.' })
  updatedAt!: Date;

  @Field(() => Int, { description: 'Counts its changes; pass it as `expectedVersion`.' })
  version!: number;
}

export const ConnectionConnection = makeConnectionType('Connection', () => ConnectionType);

export function toConnectionType(row: Connection): ConnectionType {
  const { id, mcpServerId, subjectKind, subjectId, createdAt, updatedAt, version } = row;
  const headers = row.headers.map((header) => ({ ...header, updatedAt: new Date(header.updatedAt) }));
  return { id, mcpServerId, connectedById: row.connectedById ?? null, subjectKind, subjectId, headers, createdAt, updatedAt, version };
}
