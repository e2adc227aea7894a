import { Field, ID, InputType } from 'type-graphql';
import type { WorkspaceRole } from '../authorization/index.ts';
import { WorkspaceRoleEnum } from './workspace.type.ts';

@InputType({ description: 'A new workspace.' })
export class WorkspaceCreateInput {
  @Field(() => ID, { description: 'The organization it belongs to. Never changes.' })
  organizationId!: string;

  @Field(() => String, {
    description:
      'The first part of the URLs of its servers: 1 to 63 lowercase letters, digits and hyphens. Unique in the gateway; never changes.',
  })
  slug!: string;

  @Field(() => String, { description: 'What people call it, 1 to 120 characters.' })
  name!: string;
}

@InputType({ description: 'Changes of a workspace. What is absent stays.' })
export class WorkspaceUpdateInput {
  @Field(() => String, { nullable: true, description: 'What people call it, 1 to 120 characters. Cannot be null.' })
  name?: string | null;
}

@InputType({ description: 'People who join a workspace.' })
export class WorkspaceMemberAddInput {
  @Field(() => ID, { description: 'The workspace.' })
  workspaceId!: string;

  @Field(() => [ID], { description: 'The people, 1 to 100; of the same organization as the workspace, and not members of it yet.' })
  userIds!: string[];

  @Field(() => WorkspaceRoleEnum, { defaultValue: 'MEMBER', description: 'Their role in the workspace.' })
  role!: WorkspaceRole;
}

@InputType({ description: 'People who leave a workspace.' })
export class WorkspaceMemberRemoveInput {
  @Field(() => ID, { description: 'The workspace.' })
  workspaceId!: string;

  @Field(() => [ID], { description: 'The people, 1 to 100. Who is not a member is passed over.' })
  userIds!: string[];
}

@InputType({ description: 'Changes of a membership. What is absent stays.' })
export class WorkspaceMemberUpdateInput {
  @Field(() => WorkspaceRoleEnum, { nullable: true, description: 'Their role in the workspace. Cannot be null.' })
  role?: WorkspaceRole | null;
}
