import { Field, ID, ObjectType } from 'type-graphql';
import { MutationPayload } from '../api/payload.ts';
import { IdentityProviderType } from './identity-provider.type.ts';

@ObjectType({ description: 'The outcome of identityProviderCreate.' })
export class IdentityProviderCreatePayload extends MutationPayload {
  @Field(() => IdentityProviderType, { nullable: true, description: 'The new identity provider; null where nothing was changed.' })
  identityProvider?: IdentityProviderType | null;
}

@ObjectType({ description: 'The outcome of identityProviderUpdate.' })
export class IdentityProviderUpdatePayload extends MutationPayload {
  @Field(() => IdentityProviderType, { nullable: true, description: 'The changed identity provider; null where nothing was changed.' })
  identityProvider?: IdentityProviderType | null;
}

@ObjectType({ description: 'The outcome of identityProviderDelete.' })
export class IdentityProviderDeletePayload extends MutationPayload {
  @Field(() => ID, { nullable: true, description: 'The id of the identity provider that is gone; null where nothing was changed.' })
  deletedId?: string | null;
}
