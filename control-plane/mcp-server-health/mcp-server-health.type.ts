import { Field, GraphQLISODateTime, ObjectType, registerEnumType } from 'type-graphql';

/** What the last check found. */
export type HealthState = 'UNKNOWN' | 'HEALTHY' | 'UNHEALTHY';

const HealthStateEnum: Readonly<Record<HealthState, HealthState>> = { UNKNOWN: 'UNKNOWN', HEALTHY: 'HEALTHY', UNHEALTHY: 'UNHEALTHY' };

registerEnumType(HealthStateEnum, {
  name: 'McpServerHealthState',
  description: 'What the last check of an upstream found.',
  valuesConfig: {
    UNKNOWN: { description: 'It was not checked yet at its present address, or checks are turned off.' },
    HEALTHY: { description: 'It answered as an MCP server, or asked for authorization.' },
    UNHEALTHY: { description: 'It could not be reached, or answered as something else.' },
  },
});

/** What is known of the upstream of one server. */
export interface McpServerHealth {
  readonly mcpServerId: string;
  readonly state: HealthState;
  readonly checkedAt: Date | null;
  readonly lastSuccessAt: Date | null;
  readonly lastError: string | null;
}

@ObjectType('McpServerHealth', {
  description:
    'Whether the upstream of a server is there, as the control plane sees it: one request now and then, without a credential, that leaves no session behind. How calls go is in `traffic`.',
})
export class McpServerHealthType implements McpServerHealth {
  mcpServerId!: string;

  @Field(() => HealthStateEnum, { description: 'What the last check found.' })
  state!: HealthState;

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'When it was checked last; null before the first check.' })
  checkedAt!: Date | null;

  @Field(() => GraphQLISODateTime, {
    nullable: true,
    description: 'When it was last found healthy at its present address; null if it never was.',
  })
  lastSuccessAt!: Date | null;

  @Field(() => String, {
    nullable: true,
    description:
      'One sentence, at most 1,000 characters: what the last check found wrong and what to do; null where it found nothing wrong.',
  })
  lastError!: string | null;
}
