import { Field, ID, ObjectType } from 'type-graphql';
import { MutationPayload } from '../api/payload.ts';
import { LockdownType } from './lockdown.type.ts';

@ObjectType({ description: 'The outcome of lockdownCreate.' })
export class LockdownCreatePayload extends MutationPayload {
  @Field(() => LockdownType, { nullable: true, description: 'The new lockdown; null where nothing was changed.' })
  lockdown?: LockdownType | null;
}

@ObjectType({ description: 'The outcome of lockdownUpdate.' })
export class LockdownUpdatePayload extends MutationPayload {
  @Field(() => LockdownType, { nullable: true, description: 'The changed lockdown; null where nothing was changed.' })
  lockdown?: LockdownType | null;
}

@ObjectType({ description: 'The outcome of lockdownDelete.' })
export class LockdownDeletePayload extends MutationPayload {
  @Field(() => ID, { nullable: true, description: 'The id of the lockdown that ended; null where nothing was changed.' })
  deletedId?: string | null;
}
