import { Field, ID, ObjectType } from 'type-graphql';
import { MutationPayload } from '../api/payload.ts';
import { WorkspaceMemberType, WorkspaceType } from './workspace.type.ts';

@ObjectType({ description: 'The outcome of workspaceCreate.' })
export class WorkspaceCreatePayload extends MutationPayload {
  @Field(() => WorkspaceType, { nullable: true, description: 'The new workspace; null where nothing was changed.' })
  workspace?: WorkspaceType | null;
}

@ObjectType({ description: 'The outcome of workspaceUpdate.' })
export class WorkspaceUpdatePayload extends MutationPayload {
  @Field(() => WorkspaceType, { nullable: true, description: 'The changed workspace; null where nothing was changed.' })
  workspace?: WorkspaceType | null;
}

@ObjectType({ description: 'The outcome of workspaceDelete.' })
export class WorkspaceDeletePayload extends MutationPayload {
  @Field(() => ID, { nullable: true, description: 'The id of the workspace that is gone; null where nothing was changed.' })
  deletedId?: string | null;
}

@ObjectType({ description: 'The outcome of workspaceMemberAdd.' })
export class WorkspaceMemberAddPayload extends MutationPayload {
  @Field(() => [WorkspaceMemberType], { nullable: true, description: 'The new memberships, at most 100; null where nothing was changed.' })
  workspaceMembers?: readonly WorkspaceMemberType[] | null;
}

@ObjectType({ description: 'The outcome of workspaceMemberUpdate.' })
export class WorkspaceMemberUpdatePayload extends MutationPayload {
  @Field(() => WorkspaceMemberType, { nullable: true, description: 'The changed membership; null where nothing was changed.' })
  workspaceMember?: WorkspaceMemberType | null;
}

@ObjectType({ description: 'The outcome of workspaceMemberRemove.' })
export class WorkspaceMemberRemovePayload extends MutationPayload {
  @Field(() => [ID], {
    nullable: true,
    description: 'The ids of the memberships that are gone, at most 100; null where nothing was changed.',
  })
  deletedIds?: readonly string[] | null;
}
