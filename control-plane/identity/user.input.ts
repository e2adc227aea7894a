import { Field, ID, InputType } from 'type-graphql';
import type { OrganizationRole } from '../authorization/index.ts';
import { OrganizationRoleEnum } from './user.type.ts';

@InputType({ description: 'A new person.' })
export class UserCreateInput {
  @Field(() => ID, { description: 'The organization they belong to. Never changes.' })
  organizationId!: string;

  @Field(() => String, {
    description:
      'Their e-mail address, at most 254 characters. Unique in the organization, whatever the case of its letters; never changes.',
  })
  email!: string;

  @Field(() => String, { description: 'What people call them, 1 to 120 characters.' })
  name!: string;

  @Field(() => OrganizationRoleEnum, { defaultValue: 'MEMBER', description: 'Their role in the organization. Only an owner makes owners.' })
  role!: OrganizationRole;
}

@InputType({ description: 'Changes of a person. What is absent stays.' })
export class UserUpdateInput {
  @Field(() => String, { nullable: true, description: 'What people call them, 1 to 120 characters. Cannot be null.' })
  name?: string | null;

  @Field(() => OrganizationRoleEnum, {
    nullable: true,
    description: 'Their role in the organization. Only an owner makes or changes owners, and the last one stays. Cannot be null.',
  })
  role?: OrganizationRole | null;
}
