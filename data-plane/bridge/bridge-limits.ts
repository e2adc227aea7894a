/** Bounds of what a process keeps for clients that may never come back. */
export interface BridgeLimits {
  /** After how long without a call or a stream a session of a client is let go, in milliseconds. */
  readonly sessionIdleMs: number;
  /** After how long without use a session that calls of the modern era share upstream is ended, in milliseconds. */
  readonly pooledSessionIdleMs: number;
  /** How many sessions a process keeps, of each kind. */
  readonly maxSessions: number;
  /** How many sessions with upstreams, of each kind, belong to one caller. */
  readonly maxSessionsPerCaller: number;
  /** How long a call waits for what its client was asked, in milliseconds. */
  readonly parkedMs: number;
  /** How many such calls a process keeps, in each direction. */
  readonly maxParkedCalls: number;
  /** How much memory they may take in each direction, in bytes. */
  readonly maxParkedBytes: number;
}

/** The longest that something which was not used may outlast its time, in milliseconds. */
const MAX_SWEEP_MS = 60_000;

/** How often it is looked what was not used for long: twice in that time, so that nothing outlasts it by more than half. */
export function toSweepMs(idleMs: number): number {
  return Math.min(MAX_SWEEP_MS, Math.ceil(idleMs / 2));
}
