import type { ClientHello } from '../../mcp/client-hello.ts';
import { toSweepMs, type BridgeLimits } from '../bridge-limits.ts';
import { BridgedSession } from './bridged-session.ts';

/** How many ended sessions are remembered, and for how long in milliseconds, so that their ids do not bring them back. */
const MAX_ENDED = 20_000;
const ENDED_MS = 24 * 60 * 60_000;

/** The bridged sessions whose home is this process. */
export class SessionStore {
  /** In the order of their last use. */
  readonly #sessions = new Map<string, BridgedSession>();
  readonly #ended = new Map<string, number>();
  readonly #limits: BridgeLimits;
  readonly #sweep: NodeJS.Timeout;

  /** @param limits a session without calls and streams is forgotten; its id brings it back. The one unused for longest makes room. */
  constructor(limits: BridgeLimits) {
    this.#limits = limits;
    this.#sweep = setInterval(() => this.#forgetIdle(Date.now()), toSweepMs(limits.sessionIdleMs));
    this.#sweep.unref();
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** The session of a key, made anew from what its id says where it was forgotten; undefined once it was ended. */
  open(key: string, client: ClientHello): BridgedSession | undefined {
    if (this.#ended.has(key)) return undefined;
    const session = this.#sessions.get(key) ?? new BridgedSession(key, client);
    session.usedAtMs = Date.now();
    this.#sessions.delete(key);
    this.#sessions.set(key, session);
    if (this.#sessions.size > this.#limits.maxSessions) this.#drop(this.#sessions.values().next().value!);
    return session;
  }

  /** Ends a session for good. */
  end(session: BridgedSession): void {
    this.#drop(session);
    if (this.#ended.size >= MAX_ENDED) this.#ended.delete(this.#ended.keys().next().value!);
    this.#ended.set(session.key, Date.now());
  }

  /** Ends all of them, as far as this process is concerned. */
  close(): void {
    clearInterval(this.#sweep);
    for (const session of this.#sessions.values()) this.#drop(session);
  }

  #drop(session: BridgedSession): void {
    this.#sessions.delete(session.key);
    session.end();
  }

  #forgetIdle(nowMs: number): void {
    for (const session of this.#sessions.values()) if (session.isIdle(nowMs, this.#limits.sessionIdleMs)) this.#drop(session);
    for (const [key, endedAtMs] of this.#ended) if (nowMs - endedAtMs >= ENDED_MS) this.#ended.delete(key);
  }
}
