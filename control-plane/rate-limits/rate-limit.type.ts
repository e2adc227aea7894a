import { Field, GraphQLISODateTime, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { LimitDimensionSchema, type LimitDimension } from '../../contract/rate-limit.ts';
import { NodeType } from '../api/node.ts';
import { makeConnectionType } from '../api/page.ts';
import type { RateLimitRow } from './rate-limit.entity.ts';

/** The values of {@link LimitDimension}, for GraphQL. */
export const RateLimitDimensionEnum = LimitDimensionSchema.enum;

registerEnumType(RateLimitDimensionEnum, {
  name: 'RateLimitDimension',
  description: 'What calls are told apart by when they are counted.',
  valuesConfig: {
    WORKSPACE: { description: 'Each workspace has a count of its own.' },
    USER: { description: 'Each person has a count of their own, whatever key they use; so has each service key.' },
    API_KEY: { description: 'Each key has a count of its own.' },
    MCP_SERVER: { description: 'Each server has a count of its own.' },
    TOOL: { description: 'Each tool name has a count of its own. The limit counts calls of tools only.' },
  },
});

@ObjectType('RateLimit', {
  implements: NodeType,
  description:
    'A bound on calls through the gateway: how many in a window, how many at once, or both. Held over all data planes together; a call over it is answered 429 with Retry-After.',
})
export class RateLimitType extends NodeType {
  @Field(() => ID, { description: 'Opaque, with the prefix lim_. Never changes.' })
  declare id: string;

  @Field(() => ID, { description: 'The organization whose calls it bounds. Never changes.' })
  organizationId!: string;

  @Field(() => String, { description: 'What people call it. Unique in the organization.' })
  name!: string;

  @Field(() => ID, { nullable: true, description: 'Only calls in this workspace; null: in any. Never changes.' })
  workspaceId?: string | null;

  @Field(() => ID, { nullable: true, description: 'Only calls of this person; null: of anybody. Never changes.' })
  userId?: string | null;

  @Field(() => ID, { nullable: true, description: 'Only calls with this key; null: with any. Never changes.' })
  apiKeyId?: string | null;

  @Field(() => ID, { nullable: true, description: 'Only calls of this server; null: of any. Never changes.' })
  mcpServerId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Only calls of this tool of the server, by the name that the upstream gives it; null: all requests. Never changes.',
  })
  toolName?: string | null;

  @Field(() => [RateLimitDimensionEnum], {
    description: 'What has a count of its own; empty: all calls that the limit applies to share one. At most 5. Never changes.',
  })
  countBy!: LimitDimension[];

  @Field(() => Int, { nullable: true, description: 'How many requests in any window; null: no bound.' })
  maxRequests?: number | null;

  @Field(() => Int, { nullable: true, description: 'The length of the window in seconds; null where maxRequests is.' })
  windowSeconds?: number | null;

  @Field(() => Int, { nullable: true, description: 'How many calls at once; null: no bound. Subscriptions and idle streams do not count.' })
  maxConcurrent?: number | null;

  @Field(() => GraphQLISODateTime, { description: 'When it was created.' })
  createdAt!: Date;

  @Field(() => GraphQLISODateTime, { description: 'When it was last changed.' })
  updatedAt!: Date;

  @Field(() => Int, { description: 'Counts its changes; pass it as `expectedVersion`.' })
  version!: number;
}

export const RateLimitConnection = makeConnectionType('RateLimit', () => RateLimitType);

export function toRateLimitType(row: RateLimitRow): RateLimitType {
  const { id, organizationId, name, workspaceId, userId, apiKeyId, mcpServerId, toolName, countBy, ...rest } = row;
  const { maxRequests, windowSeconds, maxConcurrent, createdAt, updatedAt, version } = rest;
  return {
    id,
    organizationId,
    name,
    workspaceId,
    userId,
    apiKeyId,
    mcpServerId,
    toolName,
    countBy,
    maxRequests,
    windowSeconds,
    maxConcurrent,
    createdAt,
    updatedAt,
    version,
  };
}
