import type { Client } from 'pg';
import { ok, type Result } from '../../foundation/result.ts';
import { checkDocument, type Inconsistency } from './check-consistent.ts';
import { compileSnapshot } from './compile-snapshot.ts';
import { encodeDocument, type EncodedDocument } from './encoded-document.ts';
import { readSnapshotRows } from './read-snapshot-rows.ts';

/** Compiles the named documents from the rows as they are. A name that gives rise to none is not in the result. */
export async function compileDocuments(
  client: Client,
  names: readonly string[],
): Promise<Result<readonly EncodedDocument[], Inconsistency>> {
  const encoded: EncodedDocument[] = [];
  for (const document of compileSnapshot(await readSnapshotRows(client, names))) {
    const one = encodeDocument(document);
    const checked = checkDocument(one.name, document);
    if (!checked.ok) return checked;
    encoded.push(one);
  }
  return ok(encoded);
}
