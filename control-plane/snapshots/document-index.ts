import { SNAPSHOT_FORMAT, type Manifest } from '../../contract/snapshot.ts';
import type { ChangedEntries, Entries } from './check-consistent.ts';
import type { DocumentEntry } from './encoded-document.ts';

/**
 * The documents of a snapshot, with the lines of their manifest at hand in the order of their names: in a hub of very many
 * documents, writing the manifest anew for each change would cost more than the change.
 */
export class DocumentIndex {
  readonly #entries: Map<string, DocumentEntry>;
  readonly #names: string[];
  readonly #lines: string[];

  constructor(entries: Entries) {
    this.#entries = new Map(entries);
    this.#names = [...entries.keys()].sort();
    this.#lines = this.#names.map((name) => toLine(name, entries.get(name)!));
  }

  get entries(): Entries {
    return this.#entries;
  }

  apply(changed: ChangedEntries): void {
    for (const [name, entry] of changed) {
      const position = this.#findPosition(name);
      const replaced = this.#entries.has(name) ? 1 : 0;
      if (entry === null) {
        this.#entries.delete(name);
        this.#names.splice(position, replaced);
        this.#lines.splice(position, replaced);
      } else {
        this.#entries.set(name, entry);
        this.#names.splice(position, replaced, name);
        this.#lines.splice(position, replaced, toLine(name, entry));
      }
    }
  }

  /** Sorted by name, so that the same documents always read the same. */
  encodeManifest(revision: number, sealProbe: string): string {
    const head: Omit<Manifest, 'documents'> = { format: SNAPSHOT_FORMAT, revision, sealProbe };
    return `${JSON.stringify(head).slice(0, -1)},"documents":{${this.#lines.join(',')}}}`;
  }

  /** Where the name stands, or would stand. */
  #findPosition(name: string): number {
    let low = 0;
    let high = this.#names.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#names[middle]! < name) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function toLine(name: string, { hash }: DocumentEntry): string {
  return `${JSON.stringify(name)}:${JSON.stringify(hash)}`;
}
