import { Field, GraphQLISODateTime, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { GatewayReport } from '../../contract/gateway-report.ts';

/** Where a running revision came from, for GraphQL. */
const SnapshotSourceEnum = { REDIS: 'REDIS', LAST_GOOD_FILE: 'LAST_GOOD_FILE' } as const;

registerEnumType(SnapshotSourceEnum, {
  name: 'SnapshotSource',
  description: 'Where the revision that a gateway process runs came from.',
  valuesConfig: {
    REDIS: { description: 'From Redis, as published.' },
    LAST_GOOD_FILE: { description: 'From the copy on its disk: it started while Redis was away.' },
  },
});

@ObjectType('RefusedRevision', { description: 'A revision that a gateway process would not apply; it keeps running the one before.' })
export class RefusedRevisionType {
  @Field(() => Int, { nullable: true, description: 'The revision; null where it could not be read at all.' })
  revision!: number | null;

  @Field(() => String, { description: 'Why, in words.' })
  reason!: string;

  @Field(() => GraphQLISODateTime, { description: 'When, by the clock of the process.' })
  refusedAt!: Date;
}

@ObjectType('Gateway', {
  description: 'A data-plane process that lives. It reports every 2 seconds and counts as gone after 7 seconds of silence.',
})
export class GatewayType {
  @Field(() => ID, { description: 'Unique among the processes of all replicas; another one after each start.' })
  id!: string;

  @Field(() => String, { description: 'The host it runs on.' })
  host!: string;

  @Field(() => String, { description: 'The product version it runs.' })
  version!: string;

  @Field(() => GraphQLISODateTime, { description: 'When it was started, by its own clock.' })
  startedAt!: Date;

  @Field(() => GraphQLISODateTime, { description: 'When it last reported, by its own clock.' })
  reportedAt!: Date;

  @Field(() => Int, { nullable: true, description: 'The snapshot revision that decides its requests; null until it has one.' })
  revision!: number | null;

  @Field(() => GraphQLISODateTime, {
    nullable: true,
    description: 'When it applied that revision, by its own clock; null until it has one.',
  })
  appliedAt!: Date | null;

  @Field(() => SnapshotSourceEnum, { nullable: true, description: 'Where that revision came from; null until it has one.' })
  source!: GatewayReport['source'];

  @Field(() => RefusedRevisionType, {
    nullable: true,
    description: 'The newest revision that it would not apply; null where there is none, or a later one was applied.',
  })
  refused!: RefusedRevisionType | null;
}

export function toGatewayType(report: GatewayReport): GatewayType {
  const { id, host, version, startedAtMs, reportedAtMs, revision, appliedAtMs, source, refused } = report;
  return {
    id,
    host,
    version,
    startedAt: new Date(startedAtMs),
    reportedAt: new Date(reportedAtMs),
    revision,
    appliedAt: appliedAtMs === null ? null : new Date(appliedAtMs),
    source,
    refused: refused === null ? null : { revision: refused.revision, reason: refused.reason, refusedAt: new Date(refused.refusedAtMs) },
  };
}
