import { documentKind, type AuthorizationServerDocument, type OrganizationDocument, type ServerDocument } from '../../contract/snapshot.ts';
import type { CompiledDocument } from './compiled-document.ts';
import type { OrganizationLimits } from './organization-limits.ts';
import type { RoutedWorkspace } from './routed-workspace.ts';

/** Why documents do not make a table. Each of them is fine by itself; together they contradict each other. */
export type TableFault =
  | { readonly reason: 'workspace_slug_taken'; readonly slug: string; readonly workspaceIds: readonly [string, string] }
  | { readonly reason: 'server_missing'; readonly workspaceId: string; readonly serverId: string };

/** A shard of a server's connections, by subject. */
export type ConnectionShard = Extract<CompiledDocument, { kind: 'connections' }>;

/** A shard of the consents for servers of a workspace. */
export type ConsentShard = Extract<CompiledDocument, { kind: 'consents' }>;

/** What a table finds things by. */
export interface TableIndexes {
  /** Every document by its name in the manifest. */
  readonly documents: ReadonlyMap<string, CompiledDocument>;
  /** By slug and by id; the two cannot be taken for each other (see {@link RoutedWorkspace}). */
  readonly workspaces: ReadonlyMap<string, RoutedWorkspace>;
  readonly servers: ReadonlyMap<string, ServerDocument>;
  /** Server id → the shards of its connections. */
  readonly connections: ReadonlyMap<string, readonly ConnectionShard[]>;
  /** Workspace id → the shards of its consents. */
  readonly consents: ReadonlyMap<string, readonly ConsentShard[]>;
  readonly organizations: ReadonlyMap<string, OrganizationDocument>;
  /** Organization id → its limits. */
  readonly limits: ReadonlyMap<string, OrganizationLimits>;
  /** Ours. Undefined where the control plane published none yet. */
  readonly authorizationServer: AuthorizationServerDocument | undefined;
}

/** A table in the making: copies of the indexes of the one before, which stays as it is. */
export class TableDraft implements TableIndexes {
  readonly documents: Map<string, CompiledDocument>;
  readonly workspaces: Map<string, RoutedWorkspace>;
  readonly servers: Map<string, ServerDocument>;
  readonly connections: Map<string, readonly ConnectionShard[]>;
  readonly consents: Map<string, readonly ConsentShard[]>;
  readonly organizations: Map<string, OrganizationDocument>;
  readonly limits: Map<string, OrganizationLimits>;
  authorizationServer: AuthorizationServerDocument | undefined;

  constructor(base: TableIndexes) {
    this.documents = new Map(base.documents);
    this.workspaces = new Map(base.workspaces);
    this.servers = new Map(base.servers);
    this.connections = new Map(base.connections);
    this.consents = new Map(base.consents);
    this.organizations = new Map(base.organizations);
    this.limits = new Map(base.limits);
    this.authorizationServer = base.authorizationServer;
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
    switch (document.kind) {
      case 'workspace':
        this.workspaces.delete(document.workspace.id);
        this.workspaces.delete(document.workspace.slug);
        break;
      case 'server':
        this.servers.delete(document.server.id);
        break;
      case 'connections':
        removeShard(this.connections, document.serverId, document);
        break;
      case 'consents':
        removeShard(this.consents, document.workspaceId, document);
        break;
      case 'organization':
        this.organizations.delete(document.organization.id);
        break;
      case 'limits':
        this.limits.delete(document.limits.organizationId);
        break;
      case 'authorization_server':
        this.authorizationServer = undefined;
    }
  }

  #add(name: string, document: CompiledDocument): TableFault | undefined {
    this.documents.set(name, document);
    switch (document.kind) {
      case 'workspace':
        return this.#addWorkspace(document.workspace);
      case 'server':
        this.servers.set(document.server.id, document.server);
        break;
      case 'connections':
        addShard(this.connections, document.serverId, document);
        break;
      case 'consents':
        addShard(this.consents, document.workspaceId, document);
        break;
      case 'organization':
        this.organizations.set(document.organization.id, document.organization);
        break;
      case 'limits':
        this.limits.set(document.limits.organizationId, document.limits);
        break;
      case 'authorization_server':
        this.authorizationServer = document.authorizationServer;
    }
    return undefined;
  }

  #addWorkspace(workspace: RoutedWorkspace): TableFault | undefined {
    const { id, slug } = workspace;
    const holder = this.workspaces.get(slug);
    if (holder !== undefined) return { reason: 'workspace_slug_taken', slug, workspaceIds: [holder.id, id] };
    this.workspaces.set(id, workspace).set(slug, workspace);
    return undefined;
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

function addShard<Shard>(index: Map<string, readonly Shard[]>, owner: string, shard: Shard): void {
  index.set(owner, [...(index.get(owner) ?? []), shard]);
}

function removeShard<Shard>(index: Map<string, readonly Shard[]>, owner: string, shard: Shard): void {
  const others = (index.get(owner) ?? []).filter((other) => other !== shard);
  if (others.length > 0) index.set(owner, others);
  else index.delete(owner);
}
