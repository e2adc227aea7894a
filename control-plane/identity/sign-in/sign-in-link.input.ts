import { Field, ID, InputType, Int } from 'type-graphql';

@InputType({ description: 'A one-time link by which a person chooses a password.' })
export class UserSignInLinkCreateInput {
  @Field(() => ID, { description: 'The person. They must be enabled; only an owner makes a link for an owner.' })
  userId!: string;

  @Field(() => Int, { defaultValue: 1_440, description: 'How long the link works, in minutes: 5 to 10080 (7 days).' })
  lifetimeMinutes!: number;
}
