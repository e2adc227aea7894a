import { Field, ObjectType } from 'type-graphql';
import { AccessGrantType } from '../access-grants/index.ts';
import { MutationPayload } from '../api/payload.ts';
import { MAX_CAPABILITIES_AT_ONCE } from './granted-capability.input.ts';
import { GrantedCapabilityType } from './granted-capability.type.ts';

@ObjectType({ description: 'The outcome of accessGrantCapabilityUpdate.' })
export class AccessGrantCapabilityUpdatePayload extends MutationPayload {
  @Field(() => AccessGrantType, { nullable: true, description: 'The grant; null where nothing was changed.' })
  accessGrant?: AccessGrantType | null;

  @Field(() => [GrantedCapabilityType], {
    description: `The changed capabilities in the order of the input, at most ${MAX_CAPABILITIES_AT_ONCE}; empty where nothing was changed.`,
  })
  capabilities!: readonly GrantedCapabilityType[];
}

@ObjectType({ description: 'The outcome of accessGrantCapabilityApprove.' })
export class AccessGrantCapabilityApprovePayload extends MutationPayload {
  @Field(() => AccessGrantType, { nullable: true, description: 'The grant; null where nothing was changed.' })
  accessGrant?: AccessGrantType | null;

  @Field(() => [GrantedCapabilityType], {
    description: `The approved capabilities in the order of the input, at most ${MAX_CAPABILITIES_AT_ONCE}; empty where nothing was changed.`,
  })
  capabilities!: readonly GrantedCapabilityType[];
}
