import { Field, GraphQLISODateTime, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import {
  AuthenticationSchema,
  GranularitySchema,
  PayloadCaptureSchema,
  TransportSchema,
  type Authentication,
  type Granularity,
  type PayloadCapture,
  type Transport,
} from '../../contract/snapshot.ts';
import { NodeType } from '../api/node.ts';
import { makeConnectionType } from '../api/page.ts';
import type { McpServer } from './mcp-server.entity.ts';
import { McpServerForwardingType, toMcpServerForwardingType } from './forwarding-settings.type.ts';
import { McpServerOauthType, toMcpServerOauthType } from './oauth-settings.type.ts';

/** The values of {@link Transport}, for GraphQL. */
export const TransportEnum = TransportSchema.enum;
/** The values of {@link Authentication}, for GraphQL. */
export const AuthenticationEnum = AuthenticationSchema.enum;
/** The values of {@link Granularity}, for GraphQL. */
export const GranularityEnum = GranularitySchema.enum;
/** The values of {@link PayloadCapture}, for GraphQL. */
export const PayloadCaptureEnum = PayloadCaptureSchema.enum;

registerEnumType(TransportEnum, {
  name: 'McpTransport',
  description: 'How the upstream is reached.',
  valuesConfig: {
    STREAMABLE_HTTP: { description: 'Streamable HTTP: one URL for everything. Recommended.' },
    SSE: { description: 'HTTP with SSE, the transport before 2025-03-26. Clients use Streamable HTTP all the same.' },
  },
});

registerEnumType(AuthenticationEnum, {
  name: 'McpAuthentication',
  description: 'How the gateway authenticates towards the upstream.',
  valuesConfig: {
    NONE: { description: 'Not at all.' },
    OAUTH: { description: 'With an access token that people or administrators obtain by consent.' },
    CLIENT_CREDENTIALS: {
      description: "With an access token for a client of the subject's own: a client id with a secret or a private key.",
    },
    CUSTOM_HEADERS: { description: 'With the header values of a stored connection.' },
  },
});

registerEnumType(PayloadCaptureEnum, {
  name: 'PayloadCapture',
  description: 'What of calls is kept in the log of interactions besides their facts.',
  valuesConfig: {
    OFF: { description: 'Nothing.' },
    ARGUMENTS: { description: 'What calls are made with: at most 16,384 characters of each.' },
    ARGUMENTS_AND_RESULTS: { description: 'That and the results: at most 16,384 characters of each.' },
  },
});

registerEnumType(GranularityEnum, {
  name: 'McpGranularity',
  description: 'Whose credential the gateway uses towards the upstream.',
  valuesConfig: {
    ORGANIZATION: { description: 'One for the whole organization.' },
    WORKSPACE: { description: 'One for each workspace.' },
    USER: { description: 'One for each person. Service keys, which have no person behind them, cannot call such a server.' },
  },
});

@ObjectType('McpServer', { implements: NodeType, description: 'An entry in the hub: a remote MCP server and how the gateway reaches it.' })
export class McpServerType extends NodeType {
  @Field(() => ID, { description: 'Opaque, with the prefix mcps_. Never changes.' })
  declare id: string;

  organizationId!: string;
  workspaceId!: string | null;

  @Field(() => String, { description: 'The second part of its URLs. Unique in the organization; never changes.' })
  slug!: string;

  @Field(() => String, { description: 'What people call it, 1 to 120 characters.' })
  name!: string;

  @Field(() => String, { nullable: true, description: 'What it is for, at most 2,000 characters; null where nobody said.' })
  description?: string | null;

  @Field(() => String, { description: 'The address of the upstream as it was entered.' })
  url!: string;

  @Field(() => String, { description: 'The address that the gateway uses: `url` in its canonical form.' })
  canonicalUrl!: string;

  @Field(() => TransportEnum, { description: 'How the upstream is reached.' })
  transport!: Transport;

  @Field(() => AuthenticationEnum, { description: 'How the gateway authenticates towards the upstream.' })
  authentication!: Authentication;

  @Field(() => GranularityEnum, { description: 'Whose credential the gateway uses; without meaning where authentication is NONE.' })
  granularity!: Granularity;

  @Field(() => Boolean, { description: 'Whether it can be called. A disabled server keeps its grants and connections.' })
  enabled!: boolean;

  @Field(() => Int, { description: 'The largest accepted request body in bytes; a larger one is refused with 413.' })
  maxRequestBytes!: number;

  @Field(() => Int, {
    nullable: true,
    description:
      'How long the upstream may take until its answer begins, in seconds; then the call fails with 504. Null: as the data planes are configured.',
  })
  upstreamTimeoutSeconds!: number | null;

  @Field(() => Int, {
    nullable: true,
    description:
      'How long the upstream may say nothing on an open stream, in seconds, also while it waits for a reply of the client: a call then ends with an error, and a stream on which nobody waits ends so that its client opens another one. Null: as the data planes are configured.',
  })
  upstreamIdleSeconds!: number | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'For CUSTOM_HEADERS: the headers that each subject enters a value for, in the order in which they are asked for, at most 32. Null: whoever enters the values says which.',
  })
  headerNames!: readonly string[] | null;

  @Field(() => Int, {
    description: 'How often a call is sent again when the upstream could not be reached at all, so that nothing can be executed twice.',
  })
  connectRetries!: number;

  @Field(() => Int, { description: 'Failures in a row after which calls are refused at once with 503; 0: never.' })
  circuitBreakerFailures!: number;

  @Field(() => Int, {
    description: 'How long calls are refused then, in seconds, before one is let through to find out whether the upstream is back.',
  })
  circuitBreakerOpenSeconds!: number;

  @Field(() => PayloadCaptureEnum, {
    description:
      'What of calls is kept in the log of interactions besides their facts, where the grant does not say otherwise. Secrets and personal data that can be recognized are taken out before anything is kept.',
  })
  payloadCapture!: PayloadCapture;

  @Field(() => McpServerForwardingType, {
    nullable: true,
    description: 'What goes upstream with each request besides the message; null: nothing.',
  })
  forwarding!: McpServerForwardingType | null;

  @Field(() => McpServerOauthType, {
    nullable: true,
    description: 'Settings for OAUTH and CLIENT_CREDENTIALS; null where there are none and everything is discovered.',
  })
  oauth!: McpServerOauthType | null;

  @Field(() => GraphQLISODateTime, { description: 'When it was registered.' })
  createdAt!: Date;

  @Field(() => GraphQLISODateTime, { description: 'When it was last changed.' })
  updatedAt!: Date;

  @Field(() => Int, { description: 'Counts its changes; pass it as `expectedVersion`.' })
  version!: number;
}

export const McpServerConnection = makeConnectionType('McpServer', () => McpServerType);

export function toMcpServerType(row: McpServer): McpServerType {
  const { id, organizationId, workspaceId, slug, name, description, url, canonicalUrl, transport, authentication } = row;
  const { granularity, enabled, maxRequestBytes, connectRetries, circuitBreakerFailures, circuitBreakerOpenSeconds } = row;
  const { createdAt, updatedAt, version } = row;
  return {
    id,
    organizationId,
    workspaceId: workspaceId ?? null,
    slug,
    name,
    description,
    url,
    canonicalUrl,
    transport,
    authentication,
    granularity,
    enabled,
    maxRequestBytes,
    upstreamTimeoutSeconds: row.upstreamTimeoutSeconds ?? null,
    upstreamIdleSeconds: row.upstreamIdleSeconds ?? null,
    headerNames: row.headerNames ?? null,
    connectRetries,
    circuitBreakerFailures,
    circuitBreakerOpenSeconds,
    payloadCapture: row.payloadCapture,
    forwarding: toMcpServerForwardingType(row.forwarding),
    oauth: toMcpServerOauthType(row),
    createdAt,
    updatedAt,
    version,
  };
}
