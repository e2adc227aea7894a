import { Field, Float, GraphQLISODateTime, ID, Int, ObjectType } from 'type-graphql';
import type { TrafficCallerKind, TrafficEvent, TrafficKind, TrafficOutcome } from '../../contract/traffic-event.ts';
import { AccessLevelEnum } from '../access-explanations/index.ts';
import { NodeType } from '../api/node.ts';
import { makeConnectionType } from '../api/page.ts';
import { CapabilityKindEnum } from '../capabilities/index.ts';
import { toLoggedEvent, type TrafficRow } from '../traffic/index.ts';
import {
  InteractionCallerKindEnum,
  InteractionDecisionEnum,
  InteractionKindEnum,
  InteractionOutcomeEnum,
  ProtocolEraEnum,
} from './interaction-enums.ts';
import { toInteractionId } from './interaction-id.ts';

@ObjectType('Interaction', {
  implements: NodeType,
  description:
    'Something that happened between a client, the gateway and an upstream: a request with its answer, a refusal, a notification, a request of a server, a stream that opened or closed. The fields are those of docs/reference/traffic-events.md. Objects that it names may be gone.',
})
export class InteractionType extends NodeType {
  @Field(() => ID, { description: 'Opaque, with the prefix ixn_. Never changes.' })
  declare id: string;

  @Field(() => GraphQLISODateTime, { description: 'When it was over, or happened, to the millisecond, by the clock of the data plane.' })
  occurredAt!: Date;

  @Field(() => InteractionKindEnum, { description: 'What happened.' })
  kind!: TrafficKind;

  @Field(() => InteractionOutcomeEnum, { description: 'How it ended.' })
  outcome!: TrafficOutcome;

  @Field(() => ID, { nullable: true, description: 'The organization; null where the URL named no workspace.' })
  organizationId!: string | null;

  @Field(() => ID, { nullable: true, description: 'The workspace that the URL named; null where there was none.' })
  workspaceId!: string | null;

  @Field(() => ID, { nullable: true, description: 'The server; null where the workspace had none of that name.' })
  mcpServerId!: string | null;

  @Field(() => ID, { nullable: true, description: 'The grant by which the workspace had the server; null where there was none.' })
  accessGrantId!: string | null;

  @Field(() => InteractionCallerKindEnum, {
    nullable: true,
    description: 'By what the caller proved who they are; null where they did not.',
  })
  callerKind!: TrafficCallerKind | null;

  @Field(() => ID, { nullable: true, description: 'The person; null for service keys and unknown callers.' })
  userId!: string | null;

  @Field(() => ID, { nullable: true, description: 'The API key; null where it was none.' })
  apiKeyId!: string | null;

  @Field(() => String, { nullable: true, description: 'The OAuth client that the access token was issued to; null where it was none.' })
  clientId!: string | null;

  @Field(() => ID, { nullable: true, description: 'The trusted identity provider that issued the token; null where it was none.' })
  trustedIssuerId!: string | null;

  @Field(() => String, { nullable: true, description: 'The program, as it calls itself, at most 200 characters; null where it did not.' })
  clientName!: string | null;

  @Field(() => String, { nullable: true, description: 'Its version, as it says itself; null where it did not.' })
  clientVersion!: string | null;

  @Field(() => ProtocolEraEnum, { nullable: true, description: 'The era of the message; null where none was read.' })
  era!: 'LEGACY' | 'MODERN' | null;

  @Field(() => String, {
    nullable: true,
    description: 'The protocol revision that the client named, such as 2025-11-25; null without one.',
  })
  protocolRevision!: string | null;

  @Field(() => ID, { nullable: true, description: 'The session, by a digest that leads back to nothing; null outside of sessions.' })
  sessionId!: string | null;

  @Field(() => String, { nullable: true, description: 'GET, POST or DELETE; null where it was none of them.' })
  httpMethod!: string | null;

  @Field(() => String, { nullable: true, description: 'The method of the message, such as tools/call; null where there was none.' })
  method!: string | null;

  @Field(() => CapabilityKindEnum, { nullable: true, description: 'What kind of thing the message named; null where it named none.' })
  capabilityKind!: TrafficEvent['capabilityKind'] | null;

  @Field(() => String, { nullable: true, description: 'Its name as the caller wrote it, or its URI, at most 1,000 characters.' })
  capabilityName!: string | null;

  @Field(() => Int, { nullable: true, description: 'The HTTP status of the answer; null where there was none.' })
  status!: number | null;

  @Field(() => InteractionDecisionEnum, { nullable: true, description: 'What the access rules said; null where they were not asked.' })
  decision!: 'ALLOWED' | 'DENIED' | null;

  @Field(() => String, { nullable: true, description: 'Why they said it: the words of `explainAccess`; null where they were not asked.' })
  decidedBy!: string | null;

  @Field(() => ID, { nullable: true, description: 'The access rule that decided; null where it was none.' })
  accessRuleId!: string | null;

  @Field(() => AccessLevelEnum, {
    nullable: true,
    description: 'The level at which it was decided; null where it was not decided by rules.',
  })
  ruleLevel!: TrafficEvent['ruleLevel'] | null;

  @Field(() => ID, { nullable: true, description: 'The rate limit that was used up; null where none was.' })
  rateLimitId!: string | null;

  @Field(() => Int, { nullable: true, description: 'The snapshot revision by which it was routed and decided.' })
  snapshotRevision!: number | null;

  @Field(() => String, { nullable: true, description: 'Why the gateway refused, as in docs/reference/errors.md, or why events were lost.' })
  reason!: string | null;

  @Field(() => Float, { nullable: true, description: 'The code of the JSON-RPC error that was the answer; null where it was none.' })
  errorCode!: number | null;

  @Field(() => String, { nullable: true, description: 'What went wrong, in words of the gateway, never those of the upstream.' })
  errorReason!: string | null;

  @Field(() => ID, { nullable: true, description: 'The connection whose credential went upstream; null where none did.' })
  connectionId!: string | null;

  @Field(() => Float, { nullable: true, description: 'Milliseconds until the head of the upstream’s answer; null where it was not asked.' })
  upstreamMs!: number | null;

  @Field(() => Float, { nullable: true, description: 'Milliseconds from the request to the end of the answer or of the stream.' })
  totalMs!: number | null;

  @Field(() => Float, { nullable: true, description: 'Bytes of the body that the client sent.' })
  requestBytes!: number | null;

  @Field(() => Float, { nullable: true, description: 'Bytes of the body that the client got.' })
  responseBytes!: number | null;

  @Field(() => String, { nullable: true, description: 'The W3C trace that it belongs to, 32 hexadecimal digits.' })
  traceId!: string | null;

  @Field(() => String, { nullable: true, description: 'The span of the gateway in it, 16 hexadecimal digits.' })
  spanId!: string | null;

  @Field(() => ID, { description: 'The data-plane process that reported it, by the id that it has in `gateways`.' })
  gatewayId!: string;

  @Field(() => Float, { description: 'Counts the events of that process, from 0 and without a gap: what is missing was lost.' })
  sequence!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'The `sequence` of the event of the same process that it belongs to: the opening of a stream, or the request meanwhile.',
  })
  parentSequence!: number | null;

  @Field(() => Float, { nullable: true, description: 'How many events were lost; null except on DROPPED.' })
  droppedCount!: number | null;

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'When the first of them happened; null except on DROPPED.' })
  droppedSince!: Date | null;

  @Field(() => Boolean, { description: 'Whether arguments or a result were captured; auditors read them with `interactionPayload`.' })
  hasPayload!: boolean;
}

export const InteractionConnection = makeConnectionType('Interaction', () => InteractionType, 'newest first');

@ObjectType('InteractionPayload', {
  description: 'What was captured of a call: secrets and personal data were taken out before it left the gateway.',
})
export class InteractionPayloadType {
  @Field(() => String, { nullable: true, description: 'The arguments as JSON, or the beginning of it; at most 65,536 characters.' })
  arguments!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The result or the error as JSON, or the beginning of it; at most 65,536 characters.',
  })
  result!: string | null;

  @Field(() => Boolean, { description: 'Whether the arguments were cut off.' })
  isArgumentsTruncated!: boolean;

  @Field(() => Boolean, { description: 'Whether the result was cut off.' })
  isResultTruncated!: boolean;

  @Field(() => Int, { description: 'How many places were taken out.' })
  redactionCount!: number;
}

@ObjectType('InteractionCount', { description: 'How many interactions a filter finds.' })
export class InteractionCountType {
  @Field(() => Float, { description: 'The number, or about so many.' })
  count!: number;

  @Field(() => Boolean, { description: 'Whether it was counted. From 10,000 on it is estimated, so that counting costs nothing.' })
  isExact!: boolean;
}

export function toInteractionType(row: TrafficRow): InteractionType {
  const event = toLoggedEvent(row);
  const occurredAt = new Date(event.timeMs);
  return {
    id: toInteractionId({ occurredAt, eventId: event.id }),
    occurredAt,
    kind: event.kind,
    outcome: event.outcome,
    organizationId: event.organizationId ?? null,
    workspaceId: event.workspaceId ?? null,
    mcpServerId: event.serverId ?? null,
    accessGrantId: event.grantId ?? null,
    callerKind: event.callerKind ?? null,
    userId: event.userId ?? null,
    apiKeyId: event.keyId ?? null,
    clientId: event.clientId ?? null,
    trustedIssuerId: event.issuerId ?? null,
    clientName: event.clientName ?? null,
    clientVersion: event.clientVersion ?? null,
    era: event.era ?? null,
    protocolRevision: event.protocolRevision ?? null,
    sessionId: event.sessionId ?? null,
    httpMethod: event.httpMethod ?? null,
    method: event.method ?? null,
    capabilityKind: event.capabilityKind ?? null,
    capabilityName: event.capabilityName ?? null,
    status: event.status ?? null,
    decision: event.decision ?? null,
    decidedBy: event.decidedBy ?? null,
    accessRuleId: event.ruleId ?? null,
    ruleLevel: event.ruleLevel ?? null,
    rateLimitId: event.limitId ?? null,
    snapshotRevision: event.snapshotRevision ?? null,
    reason: event.reason ?? null,
    errorCode: event.errorCode ?? null,
    errorReason: event.errorReason ?? null,
    connectionId: event.connectionId ?? null,
    upstreamMs: event.upstreamMs ?? null,
    totalMs: event.totalMs ?? null,
    requestBytes: event.requestBytes ?? null,
    responseBytes: event.responseBytes ?? null,
    traceId: event.traceId ?? null,
    spanId: event.spanId ?? null,
    gatewayId: event.gatewayId,
    sequence: event.sequence,
    parentSequence: event.parentSequence ?? null,
    droppedCount: event.droppedCount ?? null,
    droppedSince: event.droppedSinceMs === undefined ? null : new Date(event.droppedSinceMs),
    hasPayload: event.hasPayload,
  };
}
