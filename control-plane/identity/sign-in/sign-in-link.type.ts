import { Field, GraphQLISODateTime, ObjectType } from 'type-graphql';

@ObjectType('SignInLink', { description: 'A one-time link by which a person chooses a password and is signed in.' })
export class SignInLinkType {
  @Field(() => String, {
    description: 'The address to send to the person. A secret: whoever opens it is that person. Shown only here; it works once.',
  })
  url!: string;

  @Field(() => GraphQLISODateTime, { description: 'From then on it does not work.' })
  expiresAt!: Date;
}
