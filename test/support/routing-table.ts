import { hashDocument, toDocumentName, type SnapshotDocument } from '../../contract/snapshot.ts';
import { compileDocument } from '../../data-plane/snapshot/compiled-document.ts';
import { RoutingTable } from '../../data-plane/snapshot/routing-table.ts';

/** The table that a snapshot of these documents makes. Throws where they contradict each other. */
export function routingTableOf(documents: readonly SnapshotDocument[], revision = 1): RoutingTable {
  const compiled = new Map(
    documents.map((document) => [toDocumentName(document), compileDocument(hashDocument(JSON.stringify(document)), document)]),
  );
  const table = RoutingTable.empty.next(revision, compiled);
  if (!table.ok) throw new Error(`The documents do not make a table: ${JSON.stringify(table.error)}`);
  return table.value;
}
