import type { LimitsDocument, RateLimit } from '../../contract/rate-limit.ts';

const NONE: readonly RateLimit[] = [];

/** The limits of an organization in the form that requests read: those of a server in a workspace are one lookup once they were asked for. */
export class OrganizationLimits {
  readonly organizationId: string;
  readonly #limits: readonly RateLimit[];
  readonly #byPlace = new Map<string, readonly RateLimit[]>();

  constructor(document: LimitsDocument) {
    this.organizationId = document.organizationId;
    this.#limits = document.limits;
  }

  /** Those that may apply to calls of a server in a workspace, whoever makes them. There are as many places as routes, so they are all kept. */
  find(workspaceId: string, serverId: string): readonly RateLimit[] {
    const place = `${workspaceId}\n${serverId}`;
    let limits = this.#byPlace.get(place);
    if (limits === undefined) this.#byPlace.set(place, (limits = this.#filter(workspaceId, serverId)));
    return limits;
  }

  #filter(workspaceId: string, serverId: string): readonly RateLimit[] {
    const found = this.#limits.filter(
      (limit) => (limit.workspaceId ?? workspaceId) === workspaceId && (limit.serverId ?? serverId) === serverId,
    );
    return found.length === 0 ? NONE : found;
  }
}
