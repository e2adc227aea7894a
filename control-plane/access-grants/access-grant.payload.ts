import { Field, ID, ObjectType } from 'type-graphql';
import { MutationPayload } from '../api/payload.ts';
import { AccessGrantType } from './access-grant.type.ts';

@ObjectType({ description: 'The outcome of accessGrantCreate.' })
export class AccessGrantCreatePayload extends MutationPayload {
  @Field(() => AccessGrantType, { nullable: true, description: 'The new grant; null where nothing was changed.' })
  accessGrant?: AccessGrantType | null;
}

@ObjectType({ description: 'The outcome of accessGrantUpdate.' })
export class AccessGrantUpdatePayload extends MutationPayload {
  @Field(() => AccessGrantType, { nullable: true, description: 'The changed grant; null where nothing was changed.' })
  accessGrant?: AccessGrantType | null;
}

@ObjectType({ description: 'The outcome of accessGrantEnable.' })
export class AccessGrantEnablePayload extends MutationPayload {
  @Field(() => AccessGrantType, { nullable: true, description: 'The enabled grant; null where nothing was changed.' })
  accessGrant?: AccessGrantType | null;
}

@ObjectType({ description: 'The outcome of accessGrantDisable.' })
export class AccessGrantDisablePayload extends MutationPayload {
  @Field(() => AccessGrantType, { nullable: true, description: 'The disabled grant; null where nothing was changed.' })
  accessGrant?: AccessGrantType | null;
}

@ObjectType({ description: 'The outcome of accessGrantDelete.' })
export class AccessGrantDeletePayload extends MutationPayload {
  @Field(() => ID, { nullable: true, description: 'The id of the grant that is gone; null where nothing was changed.' })
  deletedId?: string | null;
}
