import { Field, ID, ObjectType } from 'type-graphql';
import { MutationPayload } from '../api/payload.ts';
import { ApiKeyType } from './api-key.type.ts';

@ObjectType({ description: 'The outcome of apiKeyCreate.' })
export class ApiKeyCreatePayload extends MutationPayload {
  @Field(() => ApiKeyType, { nullable: true, description: 'The new key; null where nothing was changed.' })
  apiKey?: ApiKeyType | null;

  @Field(() => String, {
    nullable: true,
    description: 'The key itself. Shown in this answer and in its idempotent repetitions within 24 hours, and never again: store it.',
  })
  plainKey?: string | null;
}

@ObjectType({ description: 'The outcome of apiKeyUpdate.' })
export class ApiKeyUpdatePayload extends MutationPayload {
  @Field(() => ApiKeyType, { nullable: true, description: 'The changed key; null where nothing was changed.' })
  apiKey?: ApiKeyType | null;
}

@ObjectType({ description: 'The outcome of apiKeyRevoke.' })
export class ApiKeyRevokePayload extends MutationPayload {
  @Field(() => ApiKeyType, { nullable: true, description: 'The revoked key; null where nothing was changed.' })
  apiKey?: ApiKeyType | null;
}

@ObjectType({ description: 'The outcome of apiKeyDelete.' })
export class ApiKeyDeletePayload extends MutationPayload {
  @Field(() => ID, { nullable: true, description: 'The id of the key that is gone; null where nothing was changed.' })
  deletedId?: string | null;
}
