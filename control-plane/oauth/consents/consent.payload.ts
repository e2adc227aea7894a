import { Field, ID, ObjectType } from 'type-graphql';
import { MutationPayload } from '../../api/payload.ts';

@ObjectType({ description: 'The outcome of consentRevoke.' })
export class ConsentRevokePayload extends MutationPayload {
  @Field(() => ID, { nullable: true, description: 'The id of the consent that is gone; null where nothing was changed.' })
  revokedId?: string | null;
}
