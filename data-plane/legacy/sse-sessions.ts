import type { SseSession } from './sse-session.ts';

/** How many sessions, each with a stream from an upstream, a process keeps, and how many of them belong to one caller. */
const MAX_SESSIONS = 10_000;
const MAX_SESSIONS_PER_CALLER = 200;

/** After how long without a call and a stream a session is ended, in milliseconds: clients rarely say good-bye. */
const IDLE_MS = 30 * 60_000;

const SWEEP_MS = 60_000;

/** The sessions on HTTP+SSE upstreams whose home is this process. */
export class SseSessions {
  /** In the order of their last use. */
  readonly #sessions = new Map<string, SseSession>();
  readonly #sweep: NodeJS.Timeout;

  constructor() {
    this.#sweep = setInterval(() => this.#endIdle(Date.now() - IDLE_MS), SWEEP_MS);
    this.#sweep.unref();
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** Takes a session in. A caller with too many gives up the one unused for longest; false where none can go. */
  add(session: SseSession): boolean {
    const own = [...this.#sessions.values()].filter(({ callerId }) => callerId === session.callerId);
    const candidates =
      own.length >= MAX_SESSIONS_PER_CALLER ? own : this.#sessions.size >= MAX_SESSIONS ? [...this.#sessions.values()] : [];
    if (candidates.length > 0) {
      const idle = candidates.find((candidate) => candidate.isIdle(Date.now()));
      if (idle === undefined) return false;
      void this.end(idle);
    }
    this.#sessions.set(session.key, session);
    return true;
  }

  find(key: string): SseSession | undefined {
    const session = this.#sessions.get(key);
    if (session === undefined) return undefined;
    this.#sessions.delete(key);
    this.#sessions.set(key, session);
    return session;
  }

  async end(session: SseSession): Promise<void> {
    this.#sessions.delete(session.key);
    await session.close();
  }

  async close(): Promise<void> {
    clearInterval(this.#sweep);
    await Promise.all([...this.#sessions.values()].map((session) => this.end(session)));
  }

  #endIdle(beforeMs: number): void {
    for (const session of this.#sessions.values()) if (session.isIdle(beforeMs)) void this.end(session);
  }
}
