import { SNAPSHOT_FORMAT, type ManifestDelta } from '../../contract/snapshot.ts';
import type { ChangedEntries } from './check-consistent.ts';

/** What a reader of revision `from` has to fetch or to drop. */
export function encodeDelta(from: number, revision: number, sealProbe: string, changed: ChangedEntries): string {
  const names = [...changed.keys()].sort();
  const delta: ManifestDelta = {
    format: SNAPSHOT_FORMAT,
    from,
    revision,
    sealProbe,
    changed: Object.fromEntries(names.map((name) => [name, changed.get(name)?.hash ?? null])),
  };
  return JSON.stringify(delta);
}
