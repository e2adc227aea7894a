import { LiveQueue, type LiveTopic } from '../api/live.ts';
import type { ApiContext } from '../api/context.ts';
import { decide, authorize, type Access } from '../authorization/index.ts';
import type { NotificationListener } from '../database/notification-listener.ts';
import { AUDIT_CHANNEL } from './audit-channel.ts';
import type { Change } from './change.type.ts';

/** What the subscription `changes` is asked with. */
export interface ChangesArgs {
  readonly organizationId: string;
}

/** What was changed in an organization. */
export const CHANGES: LiveTopic<ChangesArgs, Change> = { name: 'changes' };

/** The revision that a data-plane process runs. */
export interface GatewayRevision {
  readonly id: string;
  readonly revision: number | null;
}

/** What the feed works with. */
export interface ChangeFeedParts {
  readonly listener: NotificationListener;
  /** What the living data-plane processes run. */
  readonly listGateways: () => Promise<readonly GatewayRevision[]>;
}

/** Changes that wait for one follower. Whoever falls further behind is cut off and begins anew with what there is. */
const MAX_WAITING = 1_000;
const GATEWAY_POLL_MS = 1_000;
/** What decides who may do what. */
const RIGHTS: ReadonlySet<string> = new Set(['User', 'ApiKey', 'WorkspaceMember', 'Workspace', 'Organization']);
/** What everybody with a seat in a workspace sees of it. */
const SEEN_BY_MEMBERS: ReadonlySet<string> = new Set(['Workspace', 'WorkspaceMember', 'AccessGrant', 'McpServer']);

interface AuditNotice {
  /** Of the event. One event may take several notices. */
  readonly id: string;
  readonly organizationId: string | null;
  readonly actorId: string | null;
  readonly change: Change;
  /** Workspaces that have the server that was changed by a grant. */
  readonly audience: readonly string[];
}

/** Tells followers what is changed, whichever control plane changes it. */
export class ChangeFeed {
  readonly #parts: ChangeFeedParts;
  readonly #gatewayFollowers = new Set<(change: Change) => void>();
  readonly #rightsFollowers = new Set<() => void>();
  #revisions: ReadonlyMap<string, number | null> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: ChangeFeedParts) {
    this.#parts = parts;
  }

  async start(): Promise<void> {
    const tellAll = (): void => this.#rightsFollowers.forEach((follower) => follower());
    await this.#parts.listener.follow(AUDIT_CHANNEL, {
      onNotification: (text) => void (RIGHTS.has(parseNotice(text).change.kind) && tellAll()),
      onGap: tellAll,
    });
  }

  /** Calls back whenever somebody's rights may have changed. @returns what ends it. */
  watchRights(onChange: () => void): () => void {
    this.#rightsFollowers.add(onChange);
    return () => void this.#rightsFollowers.delete(onChange);
  }

  /** @throws {AccessError} where the caller may not; whoever does not see the organization follows nothing. */
  async follow({ organizationId }: ChangesArgs, { access }: ApiContext, signal: AbortSignal): Promise<AsyncIterable<Change>> {
    const queue = new LiveQueue<Change>(MAX_WAITING, signal);
    if (!authorize(access, 'change.read', { organizationId })) return queue;
    let lastId: string | undefined;
    const unfollow = await this.#parts.listener.follow(AUDIT_CHANNEL, {
      onNotification(text) {
        const notice = parseNotice(text);
        if (notice.organizationId !== organizationId || notice.id === lastId || !isSeen(access, organizationId, notice)) return;
        lastId = notice.id;
        queue.push(notice.change);
      },
      onGap: () => queue.end(),
    });
    const unfollowGateways = this.#followGateways((change) => queue.push(change));
    signal.addEventListener('abort', () => {
      unfollow();
      unfollowGateways();
    });
    return queue;
  }

  /** While somebody follows, the reports of the data planes are compared every second. */
  #followGateways(follower: (change: Change) => void): () => void {
    this.#gatewayFollowers.add(follower);
    this.#timer ??= setInterval(() => void this.#compareGateways().catch(() => undefined), GATEWAY_POLL_MS).unref(); // Redis is away: later
    return () => {
      this.#gatewayFollowers.delete(follower);
      if (this.#gatewayFollowers.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
      this.#revisions = undefined;
    };
  }

  async #compareGateways(): Promise<void> {
    const reports = await this.#parts.listGateways();
    const before = this.#revisions;
    this.#revisions = new Map(reports.map(({ id, revision }) => [id, revision]));
    if (before === undefined) return;
    const changed = reports.filter(({ id, revision }) => before.get(id) !== revision);
    for (const { id, revision } of changed) {
      const change = { kind: 'Gateway', id, action: 'gatewayRevisionApply', workspaceId: null, snapshotRevision: revision };
      for (const follower of this.#gatewayFollowers) follower(change);
    }
  }
}

/**
 * Those who oversee the organization see everything, managers what belongs to their workspaces and the servers that they may bring in,
 * members what they see of theirs: also servers that a workspace of theirs has by a grant.
 */
function isSeen(access: Access, organizationId: string, { actorId, audience, change }: AuditNotice): boolean {
  if (decide(access, 'audit_event.read', { organizationId }) === 'allowed') return true;
  const { actor, workspaceSeats } = access;
  if (actor.kind === 'user' && actor.workspaceId === null && (actor.userId === actorId || actor.userId === change.id)) return true;
  const seat = change.workspaceId === null ? undefined : workspaceSeats.get(change.workspaceId);
  if (seat?.role === 'MANAGER' || (seat !== undefined && SEEN_BY_MEMBERS.has(change.kind))) return true;
  if (change.kind === 'McpServer' && change.workspaceId === null && managesAny(access, organizationId)) return true;
  return audience.some((id) => workspaceSeats.has(id));
}

function managesAny({ workspaceSeats }: Access, organizationId: string): boolean {
  return [...workspaceSeats.values()].some((seat) => seat.role === 'MANAGER' && seat.organizationId === organizationId);
}

/** What the recorder notifies. */
function parseNotice(text: string): AuditNotice {
  // A control plane of the version before names no audience.
  const [eventId, organizationId, workspaceId, actorId, action, kind, id, snapshotRevision, audience = []] = JSON.parse(text) as [
    string,
    string | null,
    string | null,
    string | null,
    string,
    string,
    string,
    number | null,
    string[]?,
  ];
  return { id: eventId, organizationId, actorId, audience, change: { kind, id, action, workspaceId, snapshotRevision } };
}
