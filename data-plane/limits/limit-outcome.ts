import type { LimitCount } from './limit-counts.ts';

/** Whether a call may go on. */
export type LimitOutcome =
  | { readonly kind: 'admitted' }
  /** The first of the call's counts that is full; nothing was counted. */
  | { readonly kind: 'full'; readonly count: LimitCount; readonly bound: 'rate' | 'concurrency'; readonly retryAfterMs: number };

export const ADMITTED: LimitOutcome = { kind: 'admitted' };

/** When a caller may ask again who found all slots taken, in milliseconds: nobody knows when a call ends. */
export const SLOT_RETRY_MS = 1_000;
