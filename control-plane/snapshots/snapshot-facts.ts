import type { EntityManager } from '@mikro-orm/postgresql';
import type { SnapshotStatusReader } from './snapshot-status.ts';

/** How publishing stands, for whoever watches over it. */
export interface SnapshotFacts {
  readonly committedRevision: number | undefined;
  readonly publishedRevision: number | undefined;
  /** Changes in the outbox. */
  readonly waitingChanges: number | undefined;
  readonly gatewayProcesses: number | undefined;
  /** -1 where a process has none. */
  readonly oldestRevision: number | undefined;
}

/** What PostgreSQL and Redis say; what cannot be asked is undefined. */
export async function readSnapshotFacts(em: EntityManager, status: SnapshotStatusReader): Promise<SnapshotFacts> {
  const [gateways, stored] = await Promise.all([status.listGateways(), readStored(em)]);
  const revisions = gateways?.map(({ revision }) => revision ?? -1) ?? [];
  return {
    ...stored,
    gatewayProcesses: gateways?.length,
    oldestRevision: revisions.length === 0 ? undefined : Math.min(...revisions),
  };
}

type StoredFacts = Pick<SnapshotFacts, 'committedRevision' | 'publishedRevision' | 'waitingChanges'>;

async function readStored(em: EntityManager): Promise<StoredFacts> {
  try {
    const [row] = await em.execute<{ committed: number; published: number | null; waiting: string }[]>(
      `SELECT (SELECT revision FROM snapshot_state) AS committed, (SELECT revision FROM snapshot_publication) AS published,
        (SELECT count(*) FROM snapshot_outbox) AS waiting`,
    );
    return { committedRevision: row?.committed, publishedRevision: row?.published ?? undefined, waitingChanges: Number(row?.waiting) };
  } catch {
    // The database is away: `/readyz` says so, and these facts cannot be had.
    return { committedRevision: undefined, publishedRevision: undefined, waitingChanges: undefined };
  }
}
