import type { JudgeFate } from '../access/revocation.ts';
import { toSweepMs, type BridgeLimits } from '../bridge/bridge-limits.ts';
import type { SseSession } from './sse-session.ts';

/** The sessions on HTTP+SSE upstreams whose home is this process. */
export class SseSessions {
  /** In the order of their last use. */
  readonly #sessions = new Map<string, SseSession>();
  readonly #limits: BridgeLimits;
  readonly #sweep: NodeJS.Timeout;

  /** @param limits clients rarely say good-bye, so a session without calls and streams is ended. */
  constructor(limits: BridgeLimits) {
    this.#limits = limits;
    const { sessionIdleMs } = limits;
    this.#sweep = setInterval(() => this.#endIdle(Date.now() - sessionIdleMs), toSweepMs(sessionIdleMs));
    this.#sweep.unref();
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** Takes a session in. A caller with too many gives up the one unused for longest; false where none can go. */
  add(session: SseSession): boolean {
    const { maxSessions, maxSessionsPerCaller } = this.#limits;
    const own = [...this.#sessions.values()].filter(({ callerId }) => callerId === session.callerId);
    const candidates = own.length >= maxSessionsPerCaller ? own : this.#sessions.size >= maxSessions ? [...this.#sessions.values()] : [];
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

  /** Ends sessions of callers who may not use their server any longer. */
  revoke(judge: JudgeFate): void {
    for (const session of this.#sessions.values()) {
      if (judge(session.origin.target, session.origin.caller) === 'gone') void this.end(session);
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#sweep);
    await Promise.all([...this.#sessions.values()].map((session) => this.end(session)));
  }

  #endIdle(beforeMs: number): void {
    for (const session of this.#sessions.values()) if (session.isIdle(beforeMs)) void this.end(session);
  }
}
