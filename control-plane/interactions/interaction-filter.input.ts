import { Field, Float, GraphQLISODateTime, ID, InputType, Int } from 'type-graphql';
import type { TrafficCallerKind, TrafficEvent, TrafficKind, TrafficOutcome } from '../../contract/traffic-event.ts';
import { AccessLevelEnum } from '../access-explanations/index.ts';
import { CapabilityKindEnum } from '../capabilities/index.ts';
import {
  InteractionCallerKindEnum,
  InteractionDecisionEnum,
  InteractionKindEnum,
  InteractionOutcomeEnum,
  ProtocolEraEnum,
} from './interaction-enums.ts';

@InputType({
  description: 'Which interactions are meant: those that fit all of it. Absent and null: whichever. Texts are compared exactly.',
})
export class InteractionFilter {
  @Field(() => GraphQLISODateTime, { nullable: true, description: 'From this moment on.' })
  since?: Date | null;

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'Before this moment.' })
  until?: Date | null;

  @Field(() => [InteractionKindEnum], { nullable: true, description: 'One of these kinds.' })
  kinds?: TrafficKind[] | null;

  @Field(() => [InteractionOutcomeEnum], { nullable: true, description: 'One of these outcomes.' })
  outcomes?: TrafficOutcome[] | null;

  @Field(() => ID, { nullable: true, description: 'In this workspace.' })
  workspaceId?: string | null;

  @Field(() => ID, { nullable: true, description: 'With this server.' })
  mcpServerId?: string | null;

  @Field(() => ID, { nullable: true, description: 'By this grant.' })
  accessGrantId?: string | null;

  @Field(() => InteractionCallerKindEnum, { nullable: true, description: 'By callers who proved who they are in this way.' })
  callerKind?: TrafficCallerKind | null;

  @Field(() => ID, { nullable: true, description: 'By this person.' })
  userId?: string | null;

  @Field(() => ID, { nullable: true, description: 'With this API key.' })
  apiKeyId?: string | null;

  @Field(() => String, { nullable: true, description: 'By this OAuth client.' })
  clientId?: string | null;

  @Field(() => ID, { nullable: true, description: 'With tokens of this trusted identity provider.' })
  trustedIssuerId?: string | null;

  @Field(() => String, { nullable: true, description: 'By programs that call themselves so.' })
  clientName?: string | null;

  @Field(() => String, { nullable: true, description: 'By programs of this version.' })
  clientVersion?: string | null;

  @Field(() => ProtocolEraEnum, { nullable: true, description: 'In this era of the protocol.' })
  era?: 'LEGACY' | 'MODERN' | null;

  @Field(() => String, { nullable: true, description: 'In this revision of the protocol.' })
  protocolRevision?: string | null;

  @Field(() => ID, { nullable: true, description: 'In this session.' })
  sessionId?: string | null;

  @Field(() => String, { nullable: true, description: 'With this HTTP method.' })
  httpMethod?: string | null;

  @Field(() => String, { nullable: true, description: 'With this method of MCP, such as tools/call.' })
  method?: string | null;

  @Field(() => CapabilityKindEnum, { nullable: true, description: 'About this kind of thing.' })
  capabilityKind?: TrafficEvent['capabilityKind'] | null;

  @Field(() => String, { nullable: true, description: 'About the tool, prompt or resource of this name.' })
  capabilityName?: string | null;

  @Field(() => Int, { nullable: true, description: 'Answered with this HTTP status.' })
  status?: number | null;

  @Field(() => InteractionDecisionEnum, { nullable: true, description: 'About which the access rules said this.' })
  decision?: 'ALLOWED' | 'DENIED' | null;

  @Field(() => String, { nullable: true, description: 'Decided for this reason.' })
  decidedBy?: string | null;

  @Field(() => ID, { nullable: true, description: 'Decided by this access rule.' })
  accessRuleId?: string | null;

  @Field(() => AccessLevelEnum, { nullable: true, description: 'Decided at this level.' })
  ruleLevel?: TrafficEvent['ruleLevel'] | null;

  @Field(() => ID, { nullable: true, description: 'Refused because of this rate limit.' })
  rateLimitId?: string | null;

  @Field(() => Int, { nullable: true, description: 'Decided by this snapshot revision.' })
  snapshotRevision?: number | null;

  @Field(() => String, { nullable: true, description: 'Refused for this reason, as in docs/reference/errors.md.' })
  reason?: string | null;

  @Field(() => Int, { nullable: true, description: 'Answered with this JSON-RPC error code.' })
  errorCode?: number | null;

  @Field(() => String, { nullable: true, description: 'That failed for this reason, in the words of the gateway.' })
  errorReason?: string | null;

  @Field(() => ID, { nullable: true, description: 'With the credential of this connection.' })
  connectionId?: string | null;

  @Field(() => String, { nullable: true, description: 'Of this trace, 32 hexadecimal digits.' })
  traceId?: string | null;

  @Field(() => String, { nullable: true, description: 'With this span, 16 hexadecimal digits.' })
  spanId?: string | null;

  @Field(() => ID, { nullable: true, description: 'Reported by this data-plane process.' })
  gatewayId?: string | null;

  @Field(() => Float, { nullable: true, description: 'That took at least so many milliseconds.' })
  minTotalMs?: number | null;

  @Field(() => Float, { nullable: true, description: 'Whose upstream took at least so many milliseconds.' })
  minUpstreamMs?: number | null;

  @Field(() => Float, { nullable: true, description: 'Whose request had at least so many bytes.' })
  minRequestBytes?: number | null;

  @Field(() => Float, { nullable: true, description: 'Whose answer had at least so many bytes.' })
  minResponseBytes?: number | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether arguments or a result were captured.' })
  hasPayload?: boolean | null;
}
