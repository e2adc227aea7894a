import { Field, Float, GraphQLISODateTime, ID, Int, ObjectType, registerEnumType } from 'type-graphql';

/** How long the parts are that usage is counted in. */
export type UsageInterval = 'MINUTE' | 'HOUR' | 'DAY' | 'ALL';

/** What usage is counted by. */
export type UsageDimension = 'WORKSPACE' | 'SERVER' | 'CAPABILITY' | 'USER' | 'API_KEY' | 'CLIENT';

/** The values of {@link UsageInterval}, for GraphQL. */
export const UsageIntervalEnum: Readonly<Record<UsageInterval, UsageInterval>> = {
  MINUTE: 'MINUTE',
  HOUR: 'HOUR',
  DAY: 'DAY',
  ALL: 'ALL',
};

/** The values of {@link UsageDimension}, for GraphQL. */
export const UsageDimensionEnum: Readonly<Record<UsageDimension, UsageDimension>> = {
  WORKSPACE: 'WORKSPACE',
  SERVER: 'SERVER',
  CAPABILITY: 'CAPABILITY',
  USER: 'USER',
  API_KEY: 'API_KEY',
  CLIENT: 'CLIENT',
};

registerEnumType(UsageIntervalEnum, {
  name: 'UsageInterval',
  description: 'How long the parts are that usage is counted in.',
  valuesConfig: {
    MINUTE: { description: 'Minutes.' },
    HOUR: { description: 'Hours, in UTC.' },
    DAY: { description: 'Days, in UTC.' },
    ALL: { description: 'The whole time is one part.' },
  },
});

registerEnumType(UsageDimensionEnum, {
  name: 'UsageDimension',
  description: 'What usage is counted by.',
  valuesConfig: {
    WORKSPACE: { description: 'By workspace.' },
    SERVER: { description: 'By MCP server.' },
    CAPABILITY: {
      description:
        'By tool, prompt or resource. Beyond the 1,000 most used names of a server and an hour, and 500 characters, it may count as null.',
    },
    USER: { description: 'By person.' },
    API_KEY: { description: 'By API key.' },
    CLIENT: { description: 'By program, as it calls itself. Beyond the 1,000 most used names of an hour it may count as null.' },
  },
});

/** Usage of one part of the time by one of what it is counted by. */
export interface UsagePoint {
  readonly start: Date;
  readonly workspaceId: string | null;
  readonly mcpServerId: string | null;
  readonly capabilityName: string | null;
  readonly userId: string | null;
  readonly apiKeyId: string | null;
  readonly clientName: string | null;
  readonly calls: number;
  readonly errors: number;
  readonly refusals: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  readonly requestBytes: number;
  readonly responseBytes: number;
}

@ObjectType('UsagePoint', {
  description: 'Usage in one part of the time. What it is not counted by is null, and so is what its calls did not have.',
})
export class UsagePointType implements UsagePoint {
  @Field(() => GraphQLISODateTime, { description: 'When the part begins.' })
  start!: Date;

  @Field(() => ID, { nullable: true, description: 'The workspace, where it is counted by workspace.' })
  workspaceId!: string | null;

  @Field(() => ID, { nullable: true, description: 'The server, where it is counted by server.' })
  mcpServerId!: string | null;

  @Field(() => String, { nullable: true, description: 'The tool, prompt or resource, where it is counted by capability.' })
  capabilityName!: string | null;

  @Field(() => ID, { nullable: true, description: 'The person, where it is counted by user.' })
  userId!: string | null;

  @Field(() => ID, { nullable: true, description: 'The API key, where it is counted by API key.' })
  apiKeyId!: string | null;

  @Field(() => String, { nullable: true, description: 'The program, where it is counted by client.' })
  clientName!: string | null;

  @Field(() => Int, { description: 'Requests of clients, refused ones included.' })
  calls!: number;

  @Field(() => Int, { description: 'Those that the upstream answered with an error, or that failed.' })
  errors!: number;

  @Field(() => Int, { description: 'Those that the gateway refused.' })
  refusals!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Half of them took at most so many milliseconds, refusals left out. Never less than it was, and at most a quarter more.',
  })
  p50Ms!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: '95 of 100 took at most so many milliseconds, refusals left out. Never less than it was, and at most a quarter more.',
  })
  p95Ms!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: '99 of 100 took at most so many milliseconds, refusals left out. Never less than it was, and at most a quarter more.',
  })
  p99Ms!: number | null;

  @Field(() => Float, { description: 'Bytes of the bodies that clients sent.' })
  requestBytes!: number;

  @Field(() => Float, { description: 'Bytes of the bodies that clients got.' })
  responseBytes!: number;
}
