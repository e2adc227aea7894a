import { setTimeout as pause } from 'node:timers/promises';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { GatewayReport } from '../../contract/gateway-report.ts';
import type { Clock } from '../../foundation/clock.ts';
import type { Logger } from '../../foundation/logger.ts';
import type { GatewayReports } from './gateway-reports.ts';
import type { RedisSnapshotStore } from './redis-snapshot-store.ts';
import type { SnapshotStatus } from './snapshot-status.type.ts';

/** Longest time that a question may wait for its answer. */
export const MAX_WAIT_MS = 60_000;
/** How often it is looked whether a wait is over. */
const LOOK_INTERVAL_MS = 25;

const UNREACHABLE = 'Redis cannot be reached. Gateways keep enforcing what they have; the change is stored and will be published.';

/** What gateways say, seen through Redis. */
interface Sight {
  readonly publishedRevision: number | undefined;
  readonly live: readonly GatewayReport[];
}

/** Says how far a revision has come, and waits for it. Those who wait together look together. */
export class SnapshotStatusReader {
  readonly #store: RedisSnapshotStore;
  readonly #reports: GatewayReports;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #looking: Promise<Sight | undefined> | undefined;

  constructor(parts: { store: RedisSnapshotStore; reports: GatewayReports; clock: Clock; logger: Logger }) {
    this.#store = parts.store;
    this.#reports = parts.reports;
    this.#clock = parts.clock;
    this.#logger = parts.logger;
  }

  /** The processes that live; undefined where Redis cannot be asked. */
  async listGateways(): Promise<readonly GatewayReport[] | undefined> {
    return (await this.#look())?.live;
  }

  /** Answers as soon as the revision is enforced or cannot be published, at the latest after `timeoutMs`. */
  async waitFor(em: EntityManager, revision: number, timeoutMs: number): Promise<SnapshotStatus> {
    const deadlineMs = this.#clock.nowMs() + timeoutMs;
    for (;;) {
      const status = await this.#readStatus(em, revision);
      const remainingMs = deadlineMs - this.#clock.nowMs();
      const isSettled = status.isEnforced || (status.failure !== undefined && status.lagging !== undefined);
      if (isSettled || remainingMs <= 0) return status;
      await pause(Math.min(LOOK_INTERVAL_MS, remainingMs));
    }
  }

  async #readStatus(em: EntityManager, revision: number): Promise<SnapshotStatus> {
    const sight = await this.#look();
    if (sight === undefined) {
      return { revision, publishedRevision: undefined, isEnforced: false, lagging: undefined, failure: UNREACHABLE };
    }
    const { publishedRevision, live } = sight;
    const lagging = live.filter((report) => (report.revision ?? -1) < revision);
    const isPublished = publishedRevision !== undefined && publishedRevision >= revision;
    const failure = isPublished ? undefined : await readFailure(em, revision);
    return { revision, publishedRevision, isEnforced: live.length > 0 && lagging.length === 0, lagging, failure };
  }

  #look(): Promise<Sight | undefined> {
    this.#looking ??= this.#readSight().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #readSight(): Promise<Sight | undefined> {
    try {
      const [publishedRevision, live] = await Promise.all([this.#store.readPointer(), this.#reports.listLive()]);
      return { publishedRevision, live };
    } catch (cause) {
      this.#logger.debug({ event: 'gateways_unknown', err: cause }, 'Redis could not be asked for the gateways');
      return undefined;
    }
  }
}

async function readFailure(em: EntityManager, revision: number): Promise<string | undefined> {
  const [row] = await em.execute<{ failed_revision: number; failure: string; revision: number | null }[]>(
    'SELECT failed_revision, failure, revision FROM snapshot_publication WHERE failed_revision >= ?',
    [revision],
  );
  if (row === undefined) return undefined;
  const inForce = row.revision === null ? 'Nothing is published yet.' : `Revision ${row.revision} stays in force.`;
  return `Revision ${row.failed_revision} is inconsistent and was not published: ${row.failure} ${inForce} The log of the control plane names the documents.`;
}
