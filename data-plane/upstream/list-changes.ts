/** Where a gateway notes which servers said that their lists changed. Rejects while Redis is away. */
export type ShareListChange = (serverId: string) => Promise<unknown>;

/** How long a server that was noted is not noted again, in milliseconds. */
const PAUSE_MS = 1_000;
/** How many servers are remembered as noted. */
const MAX_REMEMBERED = 10_000;

const NOTICE = Buffer.from('/list_changed');

/**
 * Tells the control plane of upstreams that say that their lists changed, so that it asks them what they offer. What it misses (a notice that
 * is split between two pieces of a stream, Redis being away) is made up for by the control plane's own interval.
 */
export class ListChanges {
  readonly #share: ShareListChange;
  readonly #notedAtMs = new Map<string, number>();

  constructor(share: ShareListChange) {
    this.#share = share;
  }

  /** Looks through a piece of an event stream. */
  scan(serverId: string, chunk: Buffer): void {
    if (chunk.includes(NOTICE)) this.note(serverId);
  }

  /** Notes a server by what it sent, where that is such a notice. */
  noteMessage(serverId: string, method: unknown): void {
    if (typeof method === 'string' && method.endsWith('/list_changed')) this.note(serverId);
  }

  note(serverId: string): void {
    const nowMs = Date.now();
    if (nowMs - (this.#notedAtMs.get(serverId) ?? 0) < PAUSE_MS) return;
    if (this.#notedAtMs.size >= MAX_REMEMBERED) this.#notedAtMs.clear();
    this.#notedAtMs.set(serverId, nowMs);
    this.#share(serverId).catch(() => undefined); // the interval of the control plane has to do
  }
}
