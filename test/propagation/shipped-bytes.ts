import { Redis } from 'ioredis';
import { RedisKeys } from '../../contract/redis-keys.ts';
import type { LogLine } from '../support/plane-process.ts';

/** What one revision sent to one data plane, in bytes. */
export interface Shipment {
  readonly revision: number;
  readonly documents: number;
  readonly bytes: number;
}

interface AppliedLine extends LogLine {
  readonly revision: number;
  readonly changedDocuments: number;
  readonly changedBytes: number;
}

/**
 * What each applied revision sent: the bodies, as the data plane says in its log, and the delta that named them. Revisions whose delta
 * is gone already are left out.
 */
export async function readShipments(
  redis: { readonly url: string; readonly gateway: string },
  log: readonly LogLine[],
): Promise<readonly Shipment[]> {
  const client = new Redis(redis.url);
  const keys = new RedisKeys(redis.gateway);
  const applied = log.filter((line): line is AppliedLine => line.event === 'snapshot_applied');
  const lengths = await Promise.all(applied.map(({ revision }) => client.strlen(keys.delta(revision))));
  client.disconnect();
  return applied
    .map(({ revision, changedDocuments, changedBytes }, index) => ({
      revision,
      documents: changedDocuments,
      bytes: changedBytes + lengths[index]!,
      delta: lengths[index]!,
    }))
    .filter(({ delta }) => delta > 0);
}
