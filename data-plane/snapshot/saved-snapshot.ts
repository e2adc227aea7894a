import type { Manifest } from '../../contract/snapshot.ts';
import type { SnapshotSource } from './snapshot-source.ts';

/** A snapshot out of a file, as a source like Redis. It has one revision. */
export class SavedSnapshot implements SnapshotSource {
  readonly #manifest: Manifest;
  readonly #bodies: ReadonlyMap<string, Buffer>;

  /** @param lengths hash and length of each body, in their order in `bytes`. */
  constructor(manifest: Manifest, lengths: readonly (readonly [string, number])[], bytes: Buffer) {
    this.#manifest = manifest;
    const bodies = new Map<string, Buffer>();
    let at = 0;
    for (const [hash, length] of lengths) bodies.set(hash, bytes.subarray(at, (at += length)));
    this.#bodies = bodies;
  }

  get revision(): number {
    return this.#manifest.revision;
  }

  readRevision(): Promise<number> {
    return Promise.resolve(this.revision);
  }

  readManifest(revision: number): Promise<string | undefined> {
    return Promise.resolve(revision === this.revision ? JSON.stringify(this.#manifest) : undefined);
  }

  readDelta(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  readBodies(hashes: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const found = hashes.map((hash) => [hash, this.#bodies.get(hash)?.toString('utf8')] as const);
    return Promise.resolve(new Map(found.filter((entry): entry is [string, string] => entry[1] !== undefined)));
  }

  /** A body's bytes as they are in the file. */
  findBody(hash: string): Buffer | undefined {
    return this.#bodies.get(hash);
  }
}
