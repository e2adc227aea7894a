import { Field, InputType } from 'type-graphql';

@InputType({ description: 'A new organization.' })
export class OrganizationCreateInput {
  @Field(() => String, {
    description: 'Names the organization: 1 to 63 lowercase letters, digits and hyphens. Unique in the installation; never changes.',
  })
  slug!: string;

  @Field(() => String, { description: 'What people call it, 1 to 120 characters.' })
  name!: string;
}

@InputType({ description: 'Changes of an organization. What is absent stays.' })
export class OrganizationUpdateInput {
  @Field(() => String, { nullable: true, description: 'What people call it, 1 to 120 characters. Cannot be null.' })
  name?: string | null;
}
