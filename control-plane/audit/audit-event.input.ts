import { Field, GraphQLISODateTime, ID, InputType } from 'type-graphql';
import { AuditActorKindEnum } from './audit-event.type.ts';
import type { ChangeActorKind } from '../database/change-origin.ts';

@InputType({ description: 'Which audit events are meant. Absent and null: whichever.' })
export class AuditEventFilter {
  @Field(() => GraphQLISODateTime, { nullable: true, description: 'From this moment on.' })
  since?: Date | null;

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'Before this moment.' })
  until?: Date | null;

  @Field(() => AuditActorKindEnum, { nullable: true, description: 'By this kind of actor.' })
  actorKind?: ChangeActorKind | null;

  @Field(() => ID, { nullable: true, description: 'By this user, or with this service key.' })
  actorId?: string | null;

  @Field(() => ID, { nullable: true, description: 'With this API key, or in this session of a browser.' })
  credentialId?: string | null;

  @Field(() => String, { nullable: true, description: 'From exactly this address.' })
  address?: string | null;

  @Field(() => String, { nullable: true, description: 'About a resource of this type, such as McpServer.' })
  resourceKind?: string | null;

  @Field(() => ID, { nullable: true, description: 'That changed this resource, alone or with others.' })
  resourceId?: string | null;

  @Field(() => ID, { nullable: true, description: 'About something of this workspace.' })
  workspaceId?: string | null;

  @Field(() => [String], { nullable: true, description: 'One of these actions, such as mcpServerUpdate; at most 50.' })
  actions?: string[] | null;
}
