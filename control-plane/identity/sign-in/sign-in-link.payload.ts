import { Field, ObjectType } from 'type-graphql';
import { MutationPayload } from '../../api/payload.ts';
import { SignInLinkType } from './sign-in-link.type.ts';

@ObjectType({ description: 'The outcome of userSignInLinkCreate.' })
export class UserSignInLinkCreatePayload extends MutationPayload {
  @Field(() => SignInLinkType, { nullable: true, description: 'The link; null where nothing was changed.' })
  signInLink?: SignInLinkType | null;
}
