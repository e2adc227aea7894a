import type {
  AuthorizationServerDocument,
  ConnectionsDocument,
  OrganizationDocument,
  ServerDocument,
  SnapshotConnection,
  SnapshotDocument,
} from '../../contract/snapshot.ts';
import { OrganizationLimits } from './organization-limits.ts';
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
    }
  | { readonly kind: 'authorization_server'; readonly hash: string; readonly authorizationServer: AuthorizationServerDocument }
  | { readonly kind: 'organization'; readonly hash: string; readonly organization: OrganizationDocument }
  | { readonly kind: 'limits'; readonly hash: string; readonly limits: OrganizationLimits }
  | { readonly kind: 'consents'; readonly hash: string; readonly workspaceId: string; readonly ids: ReadonlySet<string> };

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
    case 'authorization_server':
      return { kind: 'authorization_server', hash, authorizationServer: document };
    case 'organization':
      return { kind: 'organization', hash, organization: document };
    case 'limits':
      return { kind: 'limits', hash, limits: new OrganizationLimits(document) };
    case 'consents':
      return { kind: 'consents', hash, workspaceId: document.workspaceId, ids: new Set(document.consents.map(({ id }) => id)) };
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
      return [connection.subjectId, before !== undefined && isSame(before, connection) ? before : connection];
    }),
  );
}

function isSame(a: SnapshotConnection, b: SnapshotConnection): boolean {
  return a.id === b.id && a.sealedHeaders === b.sealedHeaders && a.epoch === b.epoch && a.needsAuthorization === b.needsAuthorization;
}
