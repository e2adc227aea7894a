/** When a token is renewed, as a part of its lifetime: early enough for several attempts, and not all connections at once. */
const EARLIEST_PART = 0.7;
const JITTER_PART = 0.15;
/** Pauses after failed attempts, in milliseconds. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/** A lifetime beyond this is as good as none: PostgreSQL's dates end somewhere. In seconds. */
const LONGEST_LIFETIME_SECONDS = 10 * 365 * 86_400;

/** When an access token ends and when it is renewed. */
export interface TokenSchedule {
  readonly expiresAt: Date | null;
  readonly refreshAt: Date | null;
}

/** @param chance between 0 and 1. */
export function planToken(lifetimeSeconds: number | undefined, isRenewable: boolean, nowMs: number, chance: number): TokenSchedule {
  if (lifetimeSeconds === undefined || !(lifetimeSeconds > 0) || lifetimeSeconds > LONGEST_LIFETIME_SECONDS)
    return { expiresAt: null, refreshAt: null };
  const lifetimeMs = lifetimeSeconds * 1_000;
  const aheadMs = lifetimeMs * (EARLIEST_PART + JITTER_PART * chance);
  return { expiresAt: new Date(nowMs + lifetimeMs), refreshAt: isRenewable ? new Date(nowMs + aheadMs) : null };
}

/** How long to wait after so many failures in a row. */
export function planRetry(failures: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** Math.min(failures, 16), LONGEST_PAUSE_MS);
}
