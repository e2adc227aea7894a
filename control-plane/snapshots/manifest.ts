import { SNAPSHOT_FORMAT, type Manifest, type ManifestDelta } from '../../contract/snapshot.ts';
import type { ChangedEntries, Entries } from './check-consistent.ts';

/** A manifest's bytes: sorted by name, so that the same documents always read the same. */
export function encodeManifest(revision: number, sealProbe: string, entries: Entries): string {
  const documents = Object.fromEntries([...entries.keys()].sort().map((name) => [name, entries.get(name)!.hash]));
  const manifest: Manifest = { format: SNAPSHOT_FORMAT, revision, sealProbe, documents };
  return JSON.stringify(manifest);
}

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

/** The entries with a change laid over them; the given ones stay as they are. */
export function toChanged(entries: Entries, changed: ChangedEntries): Entries {
  const result = new Map(entries);
  for (const [name, entry] of changed) {
    if (entry === null) result.delete(name);
    else result.set(name, entry);
  }
  return result;
}
