import { Field, ID, InputType, Int } from 'type-graphql';
import type { LimitDimension } from '../../contract/rate-limit.ts';
import { RateLimitDimensionEnum } from './rate-limit.type.ts';

@InputType({ description: 'A bound on calls. It applies to calls that match everything it names.' })
export class RateLimitCreateInput {
  @Field(() => ID, { description: 'The organization whose calls are bounded. Never changes.' })
  organizationId!: string;

  @Field(() => String, { description: 'What people call it, 1 to 120 characters. Unique in the organization.' })
  name!: string;

  @Field(() => ID, { nullable: true, description: 'Only calls in this workspace. Managers of a workspace have to name it. Never changes.' })
  workspaceId?: string | null;

  @Field(() => ID, { nullable: true, description: 'Only calls of this person. Never changes.' })
  userId?: string | null;

  @Field(() => ID, { nullable: true, description: 'Only calls with this key. Never changes.' })
  apiKeyId?: string | null;

  @Field(() => ID, { nullable: true, description: 'Only calls of this server. Never changes.' })
  mcpServerId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Only calls of this tool, by the name that the upstream gives it, 1 to 256 characters; needs mcpServerId. Never changes.',
  })
  toolName?: string | null;

  @Field(() => [RateLimitDimensionEnum], {
    defaultValue: [],
    description: 'What has a count of its own, each at most once; empty: all calls that match share one count. Never changes.',
  })
  countBy!: LimitDimension[];

  @Field(() => Int, { nullable: true, description: 'How many requests in any window, 1 to 1,000,000. Comes with windowSeconds.' })
  maxRequests?: number | null;

  @Field(() => Int, { nullable: true, description: 'The length of the window in seconds, 1 to 86,400. Comes with maxRequests.' })
  windowSeconds?: number | null;

  @Field(() => Int, { nullable: true, description: 'How many calls at once, 1 to 10,000. A limit has this, or maxRequests, or both.' })
  maxConcurrent?: number | null;
}

@InputType({ description: 'Changes of a limit. What is absent stays.' })
export class RateLimitUpdateInput {
  @Field(() => String, { nullable: true, description: 'What people call it, 1 to 120 characters. Cannot be null.' })
  name?: string | null;

  @Field(() => Int, { nullable: true, description: 'How many requests in any window, 1 to 1,000,000; null: no bound.' })
  maxRequests?: number | null;

  @Field(() => Int, {
    nullable: true,
    description:
      'The length of the window in seconds, 1 to 86,400; null together with maxRequests. With another length, counting starts anew.',
  })
  windowSeconds?: number | null;

  @Field(() => Int, { nullable: true, description: 'How many calls at once, 1 to 10,000; null: no bound.' })
  maxConcurrent?: number | null;
}
