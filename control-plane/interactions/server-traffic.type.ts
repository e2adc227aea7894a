import { Field, Float, GraphQLISODateTime, Int, ObjectType, registerEnumType } from 'type-graphql';

/** What recent calls say of a server. */
export type ServerTrafficState = 'IDLE' | 'WORKING' | 'DEGRADED' | 'FAILING';

/** The values of {@link ServerTrafficState}, for GraphQL. */
export const ServerTrafficStateEnum: Readonly<Record<ServerTrafficState, ServerTrafficState>> = {
  IDLE: 'IDLE',
  WORKING: 'WORKING',
  DEGRADED: 'DEGRADED',
  FAILING: 'FAILING',
};

registerEnumType(ServerTrafficStateEnum, {
  name: 'McpServerTrafficState',
  description: 'What the calls of the last minutes say of a server.',
  valuesConfig: {
    IDLE: { description: 'Nobody called it.' },
    WORKING: { description: 'Fewer than 1 in 20 calls failed.' },
    DEGRADED: { description: 'At least 1 in 20 calls failed.' },
    FAILING: { description: 'At least half of the calls failed.' },
  },
});

/** What the calls of the last minutes say of a server. */
export interface ServerTraffic {
  readonly state: ServerTrafficState;
  readonly calls: number;
  readonly errors: number;
  readonly errorRate: number | null;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  readonly lastCallAt: Date | null;
  readonly lastErrorAt: Date | null;
  readonly lastError: string | null;
}

@ObjectType('McpServerTraffic', {
  description: 'How the calls of the last 15 minutes went, of all callers. What the gateway refused by itself is not counted.',
})
export class ServerTrafficType implements ServerTraffic {
  @Field(() => ServerTrafficStateEnum, { description: 'What they say of the server.' })
  state!: ServerTrafficState;

  @Field(() => Int, { description: 'How many calls there were.' })
  calls!: number;

  @Field(() => Int, {
    description: 'How many failed: the upstream could not be reached, broke off or was too slow, or answered with a fault of its own.',
  })
  errors!: number;

  @Field(() => Float, { nullable: true, description: 'Which part of them, 0 to 1; null without calls.' })
  errorRate!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'Half of the answers began within so many milliseconds; null without calls. Never less than it was, and at most a quarter more.',
  })
  p50Ms!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      '95 of 100 answers began within so many milliseconds; null without calls. Never less than it was, and at most a quarter more.',
  })
  p95Ms!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      '99 of 100 answers began within so many milliseconds; null without calls. Never less than it was, and at most a quarter more.',
  })
  p99Ms!: number | null;

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'When it was called last; null if not in the last 15 minutes.' })
  lastCallAt!: Date | null;

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'When a call failed last; null if none did in the last 15 minutes.' })
  lastErrorAt!: Date | null;

  @Field(() => String, { nullable: true, description: 'One sentence that says why, in words of the gateway; null if none failed.' })
  lastError!: string | null;
}
