import type { ServerDocument, SnapshotConnection } from '../../contract/snapshot.ts';
import { err, ok, type Result } from '../../foundation/result.ts';
import type { CompiledDocument } from './compiled-document.ts';
import type { RoutedWorkspace } from './routed-workspace.ts';

/** Why documents do not make a table. Each of them is fine by itself; together they contradict each other. */
export type TableFault =
  | { readonly reason: 'workspace_slug_taken'; readonly slug: string; readonly workspaceIds: readonly [string, string] }
  | { readonly reason: 'server_missing'; readonly workspaceId: string; readonly serverId: string };

/**
 * Everything that decides a request, as of one revision. Immutable: a request takes the table once and is decided by it to the end,
 * whatever is applied meanwhile. Lookups allocate nothing.
 */
export class RoutingTable {
  /** What a process has that never saw a snapshot: no route at all, and a revision below every published one. */
  static readonly empty = new RoutingTable(-1, new Map());

  readonly revision: number;
  readonly #documents: ReadonlyMap<string, CompiledDocument>;
  /** By slug and by id; the two cannot be taken for each other (see {@link RoutedWorkspace}). */
  readonly #workspaces = new Map<string, RoutedWorkspace>();
  readonly #servers = new Map<string, ServerDocument>();
  /** Server id → its shards. A miss in a shard is a cheap lookup; computing the right shard would be a hash for each request. */
  readonly #connections = new Map<string, ReadonlyMap<string, SnapshotConnection>[]>();

  private constructor(revision: number, documents: ReadonlyMap<string, CompiledDocument>) {
    this.revision = revision;
    this.#documents = documents;
    for (const document of documents.values()) this.#add(document);
  }

  /** Builds the table of a revision from all of its documents, by name, and refuses those that do not fit together. */
  static compile(revision: number, documents: ReadonlyMap<string, CompiledDocument>): Result<RoutingTable, TableFault> {
    const table = new RoutingTable(revision, documents);
    const fault = table.#findFault();
    return fault === undefined ? ok(table) : err(fault);
  }

  /** The documents this table was built from, by name: what the next table is compared with and reuses. */
  get documents(): ReadonlyMap<string, CompiledDocument> {
    return this.#documents;
  }

  findWorkspace(slugOrId: string): RoutedWorkspace | undefined {
    return this.#workspaces.get(slugOrId);
  }

  /** A server by id. Every route's server is there. The same object as long as the server's document is unchanged. */
  findServer(serverId: string): ServerDocument | undefined {
    return this.#servers.get(serverId);
  }

  /** The credential of a subject for a server. The same object as long as its content is unchanged, so it can key a WeakMap. */
  findConnection(serverId: string, subjectId: string): SnapshotConnection | undefined {
    const shards = this.#connections.get(serverId);
    if (shards === undefined) return undefined;
    for (const shard of shards) {
      const connection = shard.get(subjectId);
      if (connection !== undefined) return connection;
    }
    return undefined;
  }

  #add(document: CompiledDocument): void {
    switch (document.kind) {
      case 'workspace':
        this.#workspaces.set(document.workspace.id, document.workspace);
        this.#workspaces.set(document.workspace.slug, document.workspace);
        return;
      case 'server':
        this.#servers.set(document.server.id, document.server);
        return;
      case 'connections': {
        const shards = this.#connections.get(document.serverId);
        if (shards === undefined) this.#connections.set(document.serverId, [document.bySubject]);
        else shards.push(document.bySubject);
      }
    }
  }

  #findFault(): TableFault | undefined {
    for (const document of this.#documents.values()) {
      if (document.kind !== 'workspace') continue;
      const { id, slug } = document.workspace;
      const holder = this.#workspaces.get(slug);
      if (holder !== undefined && holder.id !== id) return { reason: 'workspace_slug_taken', slug, workspaceIds: [holder.id, id] };
      for (const { serverId } of document.workspace.routes()) {
        if (!this.#servers.has(serverId)) return { reason: 'server_missing', workspaceId: id, serverId };
      }
    }
    return undefined;
  }
}
