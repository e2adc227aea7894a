import { Field, ID, ObjectType } from 'type-graphql';
import { MutationPayload } from '../api/payload.ts';
import { RateLimitType } from './rate-limit.type.ts';

@ObjectType({ description: 'The outcome of rateLimitCreate.' })
export class RateLimitCreatePayload extends MutationPayload {
  @Field(() => RateLimitType, { nullable: true, description: 'The new limit; null where nothing was changed.' })
  rateLimit?: RateLimitType | null;
}

@ObjectType({ description: 'The outcome of rateLimitUpdate.' })
export class RateLimitUpdatePayload extends MutationPayload {
  @Field(() => RateLimitType, { nullable: true, description: 'The changed limit; null where nothing was changed.' })
  rateLimit?: RateLimitType | null;
}

@ObjectType({ description: 'The outcome of rateLimitDelete.' })
export class RateLimitDeletePayload extends MutationPayload {
  @Field(() => ID, { nullable: true, description: 'The id of the limit that is gone; null where nothing was changed.' })
  deletedId?: string | null;
}
