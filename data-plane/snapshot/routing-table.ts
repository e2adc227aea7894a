import type { AuthorizationServerDocument, OrganizationDocument, ServerDocument, SnapshotConnection } from '../../contract/snapshot.ts';
import { err, ok, type Result } from '../../foundation/result.ts';
import type { CompiledDocument } from './compiled-document.ts';
import type { OrganizationLimits } from './organization-limits.ts';
import type { RoutedWorkspace } from './routed-workspace.ts';
import { TableDraft, type TableFault, type TableIndexes } from './table-draft.ts';

/**
 * Everything that decides a request, as of one revision. Immutable: a request takes the table once and is decided by it to the end,
 * whatever is applied meanwhile. Lookups allocate nothing.
 */
export class RoutingTable {
  /** What every table is built upon: no document, and a revision below every published one. */
  static readonly empty = new RoutingTable(-1, {
    documents: new Map(),
    workspaces: new Map(),
    servers: new Map(),
    connections: new Map(),
    consents: new Map(),
    organizations: new Map(),
    limits: new Map(),
    authorizationServer: undefined,
  });

  readonly revision: number;
  readonly #indexes: TableIndexes;

  private constructor(revision: number, indexes: TableIndexes) {
    this.revision = revision;
    this.#indexes = indexes;
  }

  /**
   * The table of another revision: this one with documents replaced, added, or (null) gone, by name. Documents that did not change
   * are shared with this table, which stays as it is. Refused where the documents contradict each other.
   */
  next(revision: number, changes: ReadonlyMap<string, CompiledDocument | null>): Result<RoutingTable, TableFault> {
    const draft = new TableDraft(this.#indexes);
    const fault = draft.apply(changes);
    return fault === undefined ? ok(new RoutingTable(revision, draft)) : err(fault);
  }

  /** The documents this table was built from, by their name in the manifest. */
  get documents(): ReadonlyMap<string, CompiledDocument> {
    return this.#indexes.documents;
  }

  findWorkspace(slugOrId: string): RoutedWorkspace | undefined {
    return this.#indexes.workspaces.get(slugOrId);
  }

  /** A server by id. Every route's server is there. The same object as long as the server's document is unchanged. */
  findServer(serverId: string): ServerDocument | undefined {
    return this.#indexes.servers.get(serverId);
  }

  /** The credential of a subject for a server. The same object as long as its content is unchanged, so it can key a WeakMap. */
  findConnection(serverId: string, subjectId: string): SnapshotConnection | undefined {
    const shards = this.#indexes.connections.get(serverId);
    if (shards === undefined) return undefined;
    // A miss in a shard costs less than the hash that says which of them it is.
    for (const shard of shards) {
      const connection = shard.bySubject.get(subjectId);
      if (connection !== undefined) return connection;
    }
    return undefined;
  }

  /** Our authorization server; undefined where the control plane published none yet. */
  get authorizationServer(): AuthorizationServerDocument | undefined {
    return this.#indexes.authorizationServer;
  }

  findOrganization(organizationId: string): OrganizationDocument | undefined {
    return this.#indexes.organizations.get(organizationId);
  }

  /** The limits of an organization; undefined where it has none. */
  findLimits(organizationId: string): OrganizationLimits | undefined {
    return this.#indexes.limits.get(organizationId);
  }

  /** Whether a consent for a server of the workspace is in force. */
  hasConsent(workspaceId: string, consentId: string): boolean {
    return this.#indexes.consents.get(workspaceId)?.some((shard) => shard.ids.has(consentId)) === true;
  }
}
