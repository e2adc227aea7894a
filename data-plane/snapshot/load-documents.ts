import { setImmediate as nextTurn } from 'node:timers/promises';
import { hashDocument, SnapshotDocumentSchema, toDocumentName, type SnapshotDocument } from '../../contract/snapshot.ts';
import { err, ok, type Result } from '../../foundation/result.ts';
import { compileDocument, type CompiledDocument } from './compiled-document.ts';
import type { RoutingTable } from './routing-table.ts';
import type { SnapshotRefusal } from './snapshot-refusal.ts';
import type { SnapshotSource } from './snapshot-source.ts';

/** Bodies in one read. */
const BATCH = 100;
/** How much is compiled before requests get their turn, in characters: about two milliseconds. */
const MAX_CHARACTERS_A_TURN = 128 * 1_024;

/** Documents that were read, checked and compiled. */
export interface LoadedDocuments {
  /** By name; null for a document that is gone. */
  readonly changes: ReadonlyMap<string, CompiledDocument | null>;
  /** Hash → the body as it was read. */
  readonly bodies: ReadonlyMap<string, string>;
}

/** Reads and compiles the bodies a change names, in small steps between which the process serves requests. */
export async function loadDocuments(
  source: SnapshotSource,
  changed: ReadonlyMap<string, string | null>,
  base: RoutingTable,
): Promise<Result<LoadedDocuments, SnapshotRefusal>> {
  const gone = [...changed].filter(([, hash]) => hash === null).map(([name]) => [name, null] as const);
  const wanted = [...changed].filter((entry): entry is [string, string] => entry[1] !== null);
  const changes = new Map<string, CompiledDocument | null>(gone);
  const bodies = new Map<string, string>();
  let charactersLeft = MAX_CHARACTERS_A_TURN;
  for await (const batch of readBatches(source, wanted)) {
    for (const { name, hash, body } of batch) {
      if (body === undefined) return err({ reason: 'document_missing', name });
      const document = parseDocument(name, hash, body);
      if (document === undefined) return err({ reason: 'document_malformed', name });
      changes.set(name, compileDocument(hash, document, base.documents.get(name)));
      bodies.set(hash, body);
      charactersLeft -= body.length;
      if (charactersLeft > 0) continue;
      charactersLeft = MAX_CHARACTERS_A_TURN;
      await nextTurn();
    }
  }
  return ok({ changes, bodies });
}

interface NamedBody {
  readonly name: string;
  readonly hash: string;
  readonly body: string | undefined;
}

/** The next batch is under way while the one before it is compiled. */
async function* readBatches(source: SnapshotSource, wanted: readonly (readonly [string, string])[]): AsyncGenerator<NamedBody[]> {
  const read = async (start: number): Promise<NamedBody[]> => {
    const names = wanted.slice(start, start + BATCH);
    const bodies = names.length === 0 ? new Map<string, string>() : await source.readBodies(names.map(([, hash]) => hash));
    return names.map(([name, hash]) => ({ name, hash, body: bodies.get(hash) }));
  };
  let following = read(0);
  for (let start = 0; start < wanted.length; start += BATCH) {
    const batch = await following;
    following = read(start + BATCH);
    following.catch(() => undefined); // reported where it is awaited; without this, a refused batch would leave it unhandled
    yield batch;
  }
}

/** The document, if the bytes are those that were published and belong under this name. */
function parseDocument(name: string, hash: string, body: string): SnapshotDocument | undefined {
  if (hashDocument(body) !== hash) return undefined;
  try {
    const document = SnapshotDocumentSchema.safeParse(JSON.parse(body));
    return document.success && toDocumentName(document.data) === name ? document.data : undefined;
  } catch {
    return undefined; // not JSON
  }
}
