import { Field, ID, InputType } from 'type-graphql';

@InputType({ description: 'Something to be stopped everywhere.' })
export class LockdownCreateInput {
  @Field(() => ID, { description: 'The id of a server, a workspace, a person or an API key. Never changes.' })
  subjectId!: string;

  @Field(() => String, { nullable: true, description: 'Why, for people, at most 2,000 characters.' })
  reason?: string | null;
}

@InputType({ description: 'Changes of a lockdown. What is absent stays.' })
export class LockdownUpdateInput {
  @Field(() => ID, { nullable: true, description: 'Never changes: another one answers IMMUTABLE.' })
  subjectId?: string | null;

  @Field(() => String, { nullable: true, description: 'Why, for people, at most 2,000 characters; null clears it.' })
  reason?: string | null;
}
