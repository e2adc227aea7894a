import type { EntityManager } from '@mikro-orm/postgresql';
import type { SnapshotStatusReader } from './snapshot-status.ts';

/**
 * Waits until every live gateway process runs what is committed by now, at most for `timeoutMs`. Without gateways, or where they cannot be
 * asked, there is nothing to wait for.
 */
export async function untilEnforced(reader: SnapshotStatusReader, em: EntityManager, timeoutMs: number): Promise<void> {
  const live = await reader.listGateways();
  if (live === undefined || live.length === 0) return;
  const [state] = await em.execute<{ revision: number }[]>('SELECT revision FROM snapshot_state');
  await reader.waitFor(em, state!.revision, timeoutMs);
}
