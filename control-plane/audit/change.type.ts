import { Field, ID, Int, ObjectType } from 'type-graphql';

/** That something was changed, without a word about what it is now. */
export interface Change {
  readonly kind: string;
  readonly id: string;
  readonly action: string;
  readonly workspaceId: string | null;
  readonly snapshotRevision: number | null;
}

@ObjectType('Change', {
  description: 'That something was changed. It says what to read again, and nothing of what is there now.',
})
export class ChangeType implements Change {
  @Field(() => String, {
    description: 'The name of the type of what was changed in this API, such as McpServer; Gateway for a data plane.',
  })
  kind!: string;

  @Field(() => ID, { description: 'The id of what was changed. It may be gone.' })
  id!: string;

  @Field(() => String, {
    description: 'What was done, as in `AuditEvent.action`; gatewayRevisionApply where a data plane runs another revision.',
  })
  action!: string;

  @Field(() => ID, { nullable: true, description: 'The workspace that it belongs to; null where it belongs to none.' })
  workspaceId!: string | null;

  @Field(() => Int, {
    nullable: true,
    description: 'The snapshot revision that carries the change, or that the data plane runs; null where gateways are not concerned.',
  })
  snapshotRevision!: number | null;
}
