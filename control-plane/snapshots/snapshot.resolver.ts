import { Arg, Ctx, Int, Query, Resolver } from 'type-graphql';
import { AccessError } from '../api/access-error.ts';
import { PerformsAction } from '../api/action.ts';
import type { ApiContext } from '../api/context.ts';
import { GatewayType, toGatewayType } from './gateway.type.ts';
import { MAX_WAIT_MS, type SnapshotStatusReader } from './snapshot-status.ts';
import { SnapshotStatusType, toSnapshotStatusType } from './snapshot-status.type.ts';

@Resolver()
export class SnapshotResolver {
  readonly #reader: SnapshotStatusReader;

  constructor(reader: SnapshotStatusReader) {
    this.#reader = reader;
  }

  @PerformsAction('gateway.read')
  @Query(() => [GatewayType], {
    nullable: true,
    description: 'Every live data-plane process, by id. Null where Redis cannot be reached.',
  })
  async gateways(): Promise<GatewayType[] | null> {
    return (await this.#reader.listGateways())?.map(toGatewayType) ?? null;
  }

  @PerformsAction('gateway.read')
  @Query(() => SnapshotStatusType, {
    description:
      'How far a snapshot revision has come. With a timeout it answers as soon as every gateway process that lives runs it, or as soon as it turned out that it cannot be published.',
  })
  async snapshotStatus(
    @Arg('revision', () => Int, { description: "The revision, as a mutation's `snapshotRevision` gave it." }) revision: number,
    @Arg('timeoutMs', () => Int, {
      defaultValue: 0,
      description: `How long to wait for it, in milliseconds, 0 to ${MAX_WAIT_MS}. 0 answers at once.`,
    })
    timeoutMs: number,
    @Ctx() { em }: ApiContext,
  ): Promise<SnapshotStatusType> {
    if (timeoutMs < 0 || timeoutMs > MAX_WAIT_MS) throw new AccessError('BAD_REQUEST', `timeoutMs must be between 0 and ${MAX_WAIT_MS}`);
    return toSnapshotStatusType(await this.#reader.waitFor(em, revision, timeoutMs));
  }
}
