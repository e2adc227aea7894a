import type { Route, SnapshotApiKey, SnapshotMember, WorkspaceDocument } from '../../contract/snapshot.ts';

/** A workspace in the form that requests read: every question is one lookup, and nothing is ever changed in place. */
export class RoutedWorkspace {
  readonly id: string;
  readonly slug: string;
  readonly organizationId: string;
  /** By server slug and by server id. A slug has no underscore and an id has one, so they cannot be taken for each other. */
  readonly #routes: ReadonlyMap<string, Route>;
  readonly #keys: ReadonlyMap<string, SnapshotApiKey>;
  readonly #members: ReadonlyMap<string, SnapshotMember>;

  constructor(document: WorkspaceDocument) {
    this.id = document.id;
    this.slug = document.slug;
    this.organizationId = document.organizationId;
    const routes = new Map<string, Route>();
    for (const route of document.routes) routes.set(route.slug, route).set(route.serverId, route);
    this.#routes = routes;
    this.#keys = new Map(document.keys.map((key) => [key.lookup, key]));
    this.#members = new Map(document.members.map((member) => [member.userId, member]));
  }

  /** The route to a server, by the server's slug or id. The same object as long as the workspace's document is unchanged. */
  findRoute(serverSlugOrId: string): Route | undefined {
    return this.#routes.get(serverSlugOrId);
  }

  /** A key of this workspace by its public part. Revoked keys are not in a snapshot; expiry is the caller's to check. */
  findKey(lookup: string): SnapshotApiKey | undefined {
    return this.#keys.get(lookup);
  }

  findMember(userId: string): SnapshotMember | undefined {
    return this.#members.get(userId);
  }

  isMember(userId: string): boolean {
    return this.#members.has(userId);
  }

  /** Every route, once for its slug and once for its server's id: for checks of a whole table, not for requests. */
  routes(): Iterable<Route> {
    return this.#routes.values();
  }
}
