import { Field, ID, InputType, Int } from 'type-graphql';
import type { Authentication, Granularity, PayloadCapture, Transport } from '../../contract/snapshot.ts';
import { DEFAULT_MAX_REQUEST_BYTES } from './mcp-server-rules.ts';
import { McpServerForwardingInput } from './forwarding-settings.type.ts';
import { McpServerOauthInput } from './oauth-settings.input.ts';
import { AuthenticationEnum, GranularityEnum, PayloadCaptureEnum, TransportEnum } from './mcp-server.type.ts';

const URL_RULES =
  'http or https, at most 2,048 characters, without credentials or fragment; private and local addresses only as the operator allows.';

@InputType({ description: 'A remote MCP server to be registered.' })
export class McpServerCreateInput {
  @Field(() => ID, { description: 'The organization whose hub it belongs to. Never changes.' })
  organizationId!: string;

  @Field(() => ID, {
    nullable: true,
    description: 'The workspace that owns it, and the only one it can be granted to; absent where the organization owns it. Never changes.',
  })
  workspaceId?: string | null;

  @Field(() => String, {
    description: 'The second part of its URLs: 1 to 63 lowercase letters, digits and hyphens. Unique in the organization; never changes.',
  })
  slug!: string;

  @Field(() => String, { description: 'What people call it, 1 to 120 characters.' })
  name!: string;

  @Field(() => String, { nullable: true, description: 'What it is for, at most 2,000 characters.' })
  description?: string | null;

  @Field(() => String, { description: `The address of the upstream: ${URL_RULES}` })
  url!: string;

  @Field(() => TransportEnum, {
    defaultValue: TransportEnum.STREAMABLE_HTTP,
    description: 'How the upstream is reached.',
  })
  transport!: Transport;

  @Field(() => AuthenticationEnum, {
    defaultValue: AuthenticationEnum.NONE,
    description: 'How the gateway authenticates towards the upstream.',
  })
  authentication!: Authentication;

  @Field(() => GranularityEnum, { defaultValue: GranularityEnum.ORGANIZATION, description: 'Whose credential the gateway uses.' })
  granularity!: Granularity;

  @Field(() => Boolean, { defaultValue: true, description: 'Whether it can be called.' })
  enabled!: boolean;

  @Field(() => Int, {
    defaultValue: DEFAULT_MAX_REQUEST_BYTES,
    description: 'The largest accepted request body in bytes, 1,024 (1 KiB) to 67,108,864 (64 MiB).',
  })
  maxRequestBytes!: number;

  @Field(() => Int, {
    nullable: true,
    description:
      'How long the upstream may take until its answer begins, in seconds, 1 to 86,400. Absent or null: as the data planes are configured.',
  })
  upstreamTimeoutSeconds?: number | null;

  @Field(() => Int, {
    nullable: true,
    description:
      'How long the upstream may say nothing on an open stream, in seconds, 1 to 86,400. Absent or null: as the data planes are configured.',
  })
  upstreamIdleSeconds?: number | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'For CUSTOM_HEADERS: the headers that each subject enters a value for, 1 to 32 names of at most 128 characters. Absent or null: whoever enters the values says which.',
  })
  headerNames?: string[] | null;

  @Field(() => Int, {
    defaultValue: 1,
    description: 'How often a call is sent again when the upstream could not be reached at all, 0 to 5.',
  })
  connectRetries!: number;

  @Field(() => Int, { defaultValue: 10, description: 'Failures in a row after which calls are refused at once, 0 to 1,000; 0: never.' })
  circuitBreakerFailures!: number;

  @Field(() => Int, { defaultValue: 10, description: 'How long calls are refused then, in seconds, 1 to 3,600.' })
  circuitBreakerOpenSeconds!: number;

  @Field(() => PayloadCaptureEnum, {
    defaultValue: PayloadCaptureEnum.OFF,
    description: 'What of calls is kept in the log of interactions besides their facts, where the grant does not say otherwise.',
  })
  payloadCapture!: PayloadCapture;

  @Field(() => McpServerForwardingInput, {
    nullable: true,
    description: 'What goes upstream with each request besides the message. Absent or null: nothing.',
  })
  forwarding?: McpServerForwardingInput | null;

  @Field(() => McpServerOauthInput, {
    nullable: true,
    description: 'Settings for OAUTH and CLIENT_CREDENTIALS. Absent or null: everything is discovered.',
  })
  oauth?: McpServerOauthInput | null;
}

@InputType({ description: 'Changes of an MCP server. What is absent stays.' })
export class McpServerUpdateInput {
  @Field(() => String, { nullable: true, description: 'What people call it, 1 to 120 characters. Cannot be null.' })
  name?: string | null;

  @Field(() => String, { nullable: true, description: 'What it is for, at most 2,000 characters; null clears it.' })
  description?: string | null;

  @Field(() => String, {
    nullable: true,
    description: `The address of the upstream: ${URL_RULES} Cannot be null. HAS_DEPENDENTS where scheme, host or port change while connections are stored: they were entrusted to the present one.`,
  })
  url?: string | null;

  @Field(() => TransportEnum, { nullable: true, description: 'How the upstream is reached. Cannot be null.' })
  transport?: Transport | null;

  @Field(() => AuthenticationEnum, {
    nullable: true,
    description: 'How the gateway authenticates towards the upstream. Cannot be null. HAS_DEPENDENTS while connections are stored.',
  })
  authentication?: Authentication | null;

  @Field(() => GranularityEnum, {
    nullable: true,
    description: 'Whose credential the gateway uses. Cannot be null. HAS_DEPENDENTS while connections are stored.',
  })
  granularity?: Granularity | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether it can be called. Cannot be null.' })
  enabled?: boolean | null;

  @Field(() => Int, { nullable: true, description: 'The largest accepted request body in bytes, 1,024 to 67,108,864. Cannot be null.' })
  maxRequestBytes?: number | null;

  @Field(() => Int, {
    nullable: true,
    description:
      'How long the upstream may take until its answer begins, in seconds, 1 to 86,400. Null: as the data planes are configured.',
  })
  upstreamTimeoutSeconds?: number | null;

  @Field(() => Int, {
    nullable: true,
    description:
      'How long the upstream may say nothing on an open stream, in seconds, 1 to 86,400. Null: as the data planes are configured.',
  })
  upstreamIdleSeconds?: number | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'For CUSTOM_HEADERS: the headers that each subject enters a value for, 1 to 32 names of at most 128 characters; the whole set. What is stored already stays until it is entered again. Null: whoever enters the values says which.',
  })
  headerNames?: string[] | null;

  @Field(() => Int, {
    nullable: true,
    description: 'How often a call is sent again when the upstream could not be reached at all, 0 to 5. Cannot be null.',
  })
  connectRetries?: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Failures in a row after which calls are refused at once, 0 to 1,000; 0: never. Cannot be null.',
  })
  circuitBreakerFailures?: number | null;

  @Field(() => Int, { nullable: true, description: 'How long calls are refused then, in seconds, 1 to 3,600. Cannot be null.' })
  circuitBreakerOpenSeconds?: number | null;

  @Field(() => PayloadCaptureEnum, {
    nullable: true,
    description:
      'What of calls is kept in the log of interactions besides their facts, where the grant does not say otherwise. Cannot be null.',
  })
  payloadCapture?: PayloadCapture | null;

  @Field(() => McpServerForwardingInput, {
    nullable: true,
    description: 'What goes upstream with each request besides the message: the whole of it. Null: nothing.',
  })
  forwarding?: McpServerForwardingInput | null;

  @Field(() => McpServerOauthInput, {
    nullable: true,
    description:
      'Settings for OAUTH and CLIENT_CREDENTIALS; what is absent in it stays. Null clears all of them. Connections keep what they were made with until they are connected again.',
  })
  oauth?: McpServerOauthInput | null;
}
