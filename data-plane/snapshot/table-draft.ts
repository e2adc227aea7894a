import { documentKind, type ServerDocument } from '../../contract/snapshot.ts';
import type { CompiledDocument } from './compiled-document.ts';
import type { RoutedWorkspace } from './routed-workspace.ts';

/** Why documents do not make a table. Each of them is fine by itself; together they contradict each other. */
export type TableFault =
  | { readonly reason: 'workspace_slug_taken'; readonly slug: string; readonly workspaceIds: readonly [string, string] }
  | { readonly reason: 'server_missing'; readonly workspaceId: string; readonly serverId: string };

/** A shard of a server's connections, by subject. */
export type ConnectionShard = Extract<CompiledDocument, { kind: 'connections' }>;

/** What a table finds things by. */
export interface TableIndexes {
  /** Every document by its name in the manifest. */
  readonly documents: ReadonlyMap<string, CompiledDocument>;
  /** By slug and by id; the two cannot be taken for each other (see {@link RoutedWorkspace}). */
  readonly workspaces: ReadonlyMap<string, RoutedWorkspace>;
  readonly servers: ReadonlyMap<string, ServerDocument>;
  /** Server id → the shards of its connections. */
  readonly connections: ReadonlyMap<string, readonly ConnectionShard[]>;
}

/** A table in the making: copies of the indexes of the one before, which stays as it is. */
export class TableDraft implements TableIndexes {
  readonly documents: Map<string, CompiledDocument>;
  readonly workspaces: Map<string, RoutedWorkspace>;
  readonly servers: Map<string, ServerDocument>;
  readonly connections: Map<string, readonly ConnectionShard[]>;

  constructor(base: TableIndexes) {
    this.documents = new Map(base.documents);
    this.workspaces = new Map(base.workspaces);
    this.servers = new Map(base.servers);
    this.connections = new Map(base.connections);
  }

  /**
   * Replaces, adds and (null) removes documents. Everything goes before anything comes, because two workspaces may have exchanged
   * their slugs.
   */
  apply(changes: ReadonlyMap<string, CompiledDocument | null>): TableFault | undefined {
    for (const name of changes.keys()) this.#remove(name);
    const added = [...changes].filter((change): change is [string, CompiledDocument] => change[1] !== null);
    for (const [name, document] of added) {
      const fault = this.#add(name, document);
      if (fault !== undefined) return fault;
    }
    return this.#findUnroutable(changes);
  }

  #remove(name: string): void {
    const document = this.documents.get(name);
    if (document === undefined) return;
    this.documents.delete(name);
    if (document.kind === 'workspace') {
      this.workspaces.delete(document.workspace.id);
      this.workspaces.delete(document.workspace.slug);
    } else if (document.kind === 'server') {
      this.servers.delete(document.server.id);
    } else {
      const others = this.#shardsOf(document.serverId).filter((shard) => shard !== document);
      if (others.length > 0) this.connections.set(document.serverId, others);
      else this.connections.delete(document.serverId);
    }
  }

  #add(name: string, document: CompiledDocument): TableFault | undefined {
    this.documents.set(name, document);
    if (document.kind === 'workspace') {
      const { id, slug } = document.workspace;
      const holder = this.workspaces.get(slug);
      if (holder !== undefined) return { reason: 'workspace_slug_taken', slug, workspaceIds: [holder.id, id] };
      this.workspaces.set(id, document.workspace).set(slug, document.workspace);
    } else if (document.kind === 'server') {
      this.servers.set(document.server.id, document.server);
    } else {
      this.connections.set(document.serverId, [...this.#shardsOf(document.serverId), document]);
    }
    return undefined;
  }

  #shardsOf(serverId: string): readonly ConnectionShard[] {
    return this.connections.get(serverId) ?? [];
  }

  /** A route without its server. A workspace that did not change can only have lost one if a server went. */
  #findUnroutable(changes: ReadonlyMap<string, CompiledDocument | null>): TableFault | undefined {
    const isServerGone = [...changes].some(([name, document]) => document === null && documentKind(name) === 'server');
    const suspects = isServerGone ? this.documents.values() : changes.values();
    for (const document of suspects) {
      if (document?.kind !== 'workspace') continue;
      for (const { serverId } of document.workspace.routes()) {
        if (!this.servers.has(serverId)) return { reason: 'server_missing', workspaceId: document.workspace.id, serverId };
      }
    }
    return undefined;
  }
}
