import type { Client } from 'pg';
import { err, ok, type Result } from '../../foundation/result.ts';
import { checkConsistent, type ChangedEntries, type Entries, type Inconsistency } from './check-consistent.ts';
import { compileDocuments } from './compile-documents.ts';
import type { DocumentEntry, EncodedDocument } from './encoded-document.ts';
import { readPendingChanges, readRevision } from './publication-log.ts';
import { readDocumentNames } from './read-snapshot-rows.ts';

/** A revision whose documents are consistent and stored. */
export interface CompiledRevision {
  readonly revision: number;
  /** Against what is published. */
  readonly changed: ChangedEntries;
}

/** A revision of which every document was compiled. */
export interface WholeRevision extends CompiledRevision {
  readonly entries: Entries;
}

/** A revision that must not be published. */
export interface RefusedRevision {
  readonly revision: number;
  readonly inconsistency: Inconsistency;
}

/** Stores bodies, which nothing names yet. */
export type WriteDocuments = (documents: readonly EncodedDocument[]) => Promise<void>;

/** Compiles a revision from the rows as they are; undefined where there is none after revision `after`. */
export type Compile<Revision extends CompiledRevision> = (
  client: Client,
  published: Entries,
  after: number,
  write: WriteDocuments,
) => Promise<Result<Revision, RefusedRevision> | undefined>;

/** Documents compiled at once when all of them are. */
const BATCH = 1_000;

/** What the outbox says was touched. */
export const compileTouched: Compile<CompiledRevision> = async (client, published, after, write) => {
  const pending = await readPendingChanges(client);
  if (pending === undefined || pending.revision <= after) return undefined;
  const { revision, documents } = pending;
  const compiled = await compileDocuments(client, documents);
  if (!compiled.ok) return err({ revision, inconsistency: compiled.error });
  const changed = toChanges(published, documents, new Map(compiled.value.map(({ name, entry }) => [name, entry])));
  const checked = checkConsistent(published, changed);
  if (!checked.ok) return err({ revision, inconsistency: checked.error });
  await write(compiled.value.filter(({ name }) => changed.has(name)));
  return ok({ revision, changed });
};

/** Everything, whatever is published. Bodies go batch by batch. */
export const compileEverything: Compile<WholeRevision> = async (client, published, after, write) => {
  const revision = await readRevision(client);
  if (revision <= after) return undefined;
  const names = await readDocumentNames(client);
  const entries = new Map<string, DocumentEntry>();
  for (let start = 0; start < names.length; start += BATCH) {
    const compiled = await compileDocuments(client, names.slice(start, start + BATCH));
    if (!compiled.ok) return err({ revision, inconsistency: compiled.error });
    await write(compiled.value);
    for (const { name, entry } of compiled.value) entries.set(name, entry);
  }
  const checked = checkConsistent(new Map(), entries);
  if (!checked.ok) return err({ revision, inconsistency: checked.error });
  return ok({ revision, changed: toChanges(published, [...new Set([...published.keys(), ...entries.keys()])], entries), entries });
};

/** How the named documents differ from what is published. One that came out the same is no change. */
function toChanges(published: Entries, names: readonly string[], compiled: Entries): ChangedEntries {
  const changed = new Map<string, DocumentEntry | null>();
  for (const name of names) {
    const entry = compiled.get(name);
    if (entry === undefined && published.has(name)) changed.set(name, null);
    if (entry !== undefined && published.get(name)?.hash !== entry.hash) changed.set(name, entry);
  }
  return changed;
}
