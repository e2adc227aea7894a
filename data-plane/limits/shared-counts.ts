import type { LimitCount } from './limit-counts.ts';
import type { LimitOutcome } from './limit-outcome.ts';

/** How long a slot is held without being renewed, in milliseconds: so long it stays taken when the process that holds it dies. */
export const SLOT_LEASE_MS = 30_000;

/** A slot of a concurrency limit that a call holds. */
export interface HeldSlot {
  readonly callId: string;
  readonly count: LimitCount;
}

/** Counts for all processes of a gateway together: one round trip a call. Everything rejects while the place they are kept is away. */
export interface SharedCounts {
  /** How many processes the gateway had when it was last known; 1 before. */
  readonly processes: number;
  /** Counts a call in all its counts, or in none where one of them is full. */
  admit(callId: string, counts: readonly LimitCount[]): Promise<LimitOutcome>;
  release(slots: readonly HeldSlot[]): Promise<void>;
  /** Keeps slots taken whose calls still run. */
  renew(slots: readonly HeldSlot[]): Promise<void>;
}
