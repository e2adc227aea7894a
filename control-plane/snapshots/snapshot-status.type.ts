import { Field, Int, ObjectType } from 'type-graphql';
import type { GatewayReport } from '../../contract/gateway-report.ts';
import { GatewayType, toGatewayType } from './gateway.type.ts';

/** How far a revision has come. */
export interface SnapshotStatus {
  readonly revision: number;
  /** Undefined where none is published, or Redis cannot be asked. */
  readonly publishedRevision: number | undefined;
  readonly isEnforced: boolean;
  /** Undefined where Redis cannot be asked. */
  readonly lagging: readonly GatewayReport[] | undefined;
  readonly failure: string | undefined;
}

@ObjectType('SnapshotStatus', { description: 'How far a snapshot revision has come.' })
export class SnapshotStatusType {
  @Field(() => Int, { description: 'The revision that was asked for.' })
  revision!: number;

  @Field(() => Int, { nullable: true, description: 'The newest published revision; null where there is none, or Redis cannot be reached.' })
  publishedRevision!: number | null;

  @Field(() => Boolean, {
    description: 'Whether every gateway process that lives runs this revision or a later one. False while no process is known.',
  })
  isEnforced!: boolean;

  @Field(() => [GatewayType], {
    nullable: true,
    description: 'Every live gateway process that runs an older revision or none, by id. Null where Redis cannot be reached.',
  })
  lagging!: readonly GatewayType[] | null;

  @Field(() => String, {
    nullable: true,
    description: 'Why it is not published, for people; null where nothing is wrong. What is published stays in force.',
  })
  failure!: string | null;
}

export function toSnapshotStatusType(status: SnapshotStatus): SnapshotStatusType {
  const { revision, publishedRevision, isEnforced, lagging, failure } = status;
  return {
    revision,
    publishedRevision: publishedRevision ?? null,
    isEnforced,
    lagging: lagging?.map(toGatewayType) ?? null,
    failure: failure ?? null,
  };
}
