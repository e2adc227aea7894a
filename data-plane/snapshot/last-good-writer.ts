import { SNAPSHOT_FORMAT } from '../../contract/snapshot.ts';
import type { Logger } from '../../foundation/logger.ts';
import type { LastGoodFile } from './last-good-file.ts';
import type { RoutingTable } from './routing-table.ts';
import type { SavedSnapshot } from './saved-snapshot.ts';
import type { AppliedSnapshot } from './snapshot-reader.ts';
import type { SnapshotSource } from './snapshot-source.ts';

/** How long after a revision the file is written, in milliseconds. Revisions that follow each other share one writing. */
const WRITE_DELAY_MS = 2_000;
/** Bodies asked of Redis in one read. */
const BATCH = 100;

/** What a writer works with. */
export interface LastGoodWriterParts {
  readonly file: LastGoodFile;
  /** Has the bodies that are neither fresh nor in the file that is replaced. */
  readonly source: SnapshotSource;
  readonly logger: Logger;
}

/** Keeps the last-good file up to date, a little behind the table in force. Bodies stay in memory only until they are in the file. */
export class LastGoodWriter {
  readonly #parts: LastGoodWriterParts;
  readonly #fresh = new Map<string, string>();
  #unsaved: AppliedSnapshot | undefined;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(parts: LastGoodWriterParts) {
    this.#parts = parts;
  }

  /** Lets a snapshot be written soon. */
  save(snapshot: AppliedSnapshot): void {
    this.#unsaved = snapshot;
    for (const [hash, body] of snapshot.bodies) this.#fresh.set(hash, body);
    this.#timer ??= setTimeout(() => void this.flush(), WRITE_DELAY_MS);
  }

  /** Writes now what is not written yet. Never rejects: a process that cannot save still serves. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  async #write(): Promise<void> {
    const snapshot = this.#unsaved;
    this.#unsaved = undefined;
    this.#timer = undefined;
    if (snapshot === undefined) return;
    const { file, logger } = this.#parts;
    const { table, sealProbe } = snapshot;
    const documents = Object.fromEntries([...table.documents].map(([name, { hash }]) => [name, hash]));
    try {
      const bodies = await this.#collectBodies(table);
      await file.write({ format: SNAPSHOT_FORMAT, revision: table.revision, sealProbe, documents }, bodies);
      for (const hash of bodies.keys()) this.#fresh.delete(hash);
      logger.debug({ event: 'last_good_written', revision: table.revision, documents: bodies.size });
    } catch (cause) {
      const text = 'The last-good file cannot be written; without it this process cannot start while Redis is away.';
      logger.warn({ event: 'last_good_not_written', revision: table.revision, path: file.path, err: cause }, text);
    }
    this.#forgetUnused(table);
  }

  /** Fresh bodies, then those of the file that is replaced, then Redis. */
  async #collectBodies(table: RoutingTable): Promise<ReadonlyMap<string, Buffer>> {
    const saved = await this.#parts.file.read();
    const bodies = new Map<string, Buffer>();
    const missing: string[] = [];
    for (const { hash } of table.documents.values()) {
      const body = this.#findBody(hash, saved.ok ? saved.value : undefined);
      if (body === undefined) missing.push(hash);
      else bodies.set(hash, body);
    }
    for (let start = 0; start < missing.length; start += BATCH) {
      const batch = missing.slice(start, start + BATCH);
      for (const [hash, body] of await this.#parts.source.readBodies(batch)) bodies.set(hash, Buffer.from(body));
    }
    const absent = missing.find((hash) => !bodies.has(hash));
    if (absent !== undefined) throw new Error(`The body ${absent} is no longer in Redis; a later revision will be written.`);
    return bodies;
  }

  #findBody(hash: string, saved: SavedSnapshot | undefined): Buffer | undefined {
    const fresh = this.#fresh.get(hash);
    return fresh === undefined ? saved?.findBody(hash) : Buffer.from(fresh);
  }

  /** A snapshot that came meanwhile, or else the one just dealt with, says what is still of use. */
  #forgetUnused(table: RoutingTable): void {
    const latest = this.#unsaved?.table ?? table;
    const used = new Set([...latest.documents.values()].map(({ hash }) => hash));
    for (const hash of this.#fresh.keys()) if (!used.has(hash)) this.#fresh.delete(hash);
  }
}
