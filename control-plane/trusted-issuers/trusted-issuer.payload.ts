import { Field, ID, ObjectType } from 'type-graphql';
import { MutationPayload } from '../api/payload.ts';
import { TrustedIssuerType } from './trusted-issuer.type.ts';

@ObjectType({ description: 'The outcome of trustedIssuerCreate.' })
export class TrustedIssuerCreatePayload extends MutationPayload {
  @Field(() => TrustedIssuerType, { nullable: true, description: 'The new trusted issuer; null where nothing was changed.' })
  trustedIssuer?: TrustedIssuerType | null;
}

@ObjectType({ description: 'The outcome of trustedIssuerUpdate.' })
export class TrustedIssuerUpdatePayload extends MutationPayload {
  @Field(() => TrustedIssuerType, { nullable: true, description: 'The changed trusted issuer; null where nothing was changed.' })
  trustedIssuer?: TrustedIssuerType | null;
}

@ObjectType({ description: 'The outcome of trustedIssuerDelete.' })
export class TrustedIssuerDeletePayload extends MutationPayload {
  @Field(() => ID, { nullable: true, description: 'The id of the trusted issuer that is gone; null where nothing was changed.' })
  deletedId?: string | null;
}
