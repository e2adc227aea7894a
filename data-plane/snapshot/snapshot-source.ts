/** Where a snapshot is read from: Redis, or the file that holds the last good one. Everything is text as it was written; nothing is trusted yet. */
export interface SnapshotSource {
  /** The revision that is current there, or undefined where there is none. */
  readRevision(): Promise<number | undefined>;
  /** The manifest of a revision, or undefined where it is gone. */
  readManifest(revision: number): Promise<string | undefined>;
  /** What a revision changed against the one before it, or undefined where that is not known (any more). */
  readDelta(revision: number): Promise<string | undefined>;
  /** Bodies by hash. Those that are not there are left out. */
  readBodies(hashes: readonly string[]): Promise<ReadonlyMap<string, string>>;
}
