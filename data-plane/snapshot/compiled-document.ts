import { type ConnectionsDocument, type ServerDocument, type SnapshotConnection, type SnapshotDocument } from '../../contract/snapshot.ts';
import { RoutedWorkspace } from './routed-workspace.ts';

/** A document of the snapshot in the form that requests read. It passes from table to table while its hash stays the same. */
export type CompiledDocument =
  | { readonly kind: 'workspace'; readonly hash: string; readonly workspace: RoutedWorkspace }
  | { readonly kind: 'server'; readonly hash: string; readonly server: ServerDocument }
  | {
      readonly kind: 'connections';
      readonly hash: string;
      readonly serverId: string;
      readonly bySubject: ReadonlyMap<string, SnapshotConnection>;
    };

/**
 * Compiles one document.
 * @param previous what the same name stood for before: connections whose content did not change keep their objects, so that
 * whoever caches by connection object keeps its cache when a neighbor in the shard changes.
 */
export function compileDocument(hash: string, document: SnapshotDocument, previous?: CompiledDocument): CompiledDocument {
  switch (document.kind) {
    case 'workspace':
      return { kind: 'workspace', hash, workspace: new RoutedWorkspace(document) };
    case 'server':
      return { kind: 'server', hash, server: document };
    case 'connections':
      return { kind: 'connections', hash, serverId: document.serverId, bySubject: toConnectionsBySubject(document, previous) };
  }
}

function toConnectionsBySubject(
  document: ConnectionsDocument,
  previous: CompiledDocument | undefined,
): ReadonlyMap<string, SnapshotConnection> {
  const known = previous?.kind === 'connections' ? previous.bySubject : undefined;
  return new Map(
    document.connections.map((connection) => {
      const before = known?.get(connection.subjectId);
      const unchanged = before?.id === connection.id && before.sealedHeaders === connection.sealedHeaders;
      return [connection.subjectId, unchanged ? before : connection];
    }),
  );
}
