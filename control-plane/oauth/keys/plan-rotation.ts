import { ACCESS_TOKEN_SECONDS } from '../lifetimes.ts';

/** When a key begins to sign. */
export interface KeyAge {
  readonly kid: string;
  readonly signsFromMs: number;
}

/** What to do about the keys. */
export interface RotationPlan {
  /** When the key that has to be made begins to sign; undefined where none has to be. */
  readonly nextSignsFromMs: number | undefined;
  /** Keys that nobody needs any longer. */
  readonly retired: readonly string[];
}

/** How long a key signs. */
const SIGNING_MS = 90 * 24 * 60 * 60_000;
/** How long a key is known to every process before it signs: control planes look for it, gateways get it with a revision. */
export const NOTICE_MS = 60 * 60_000;
/** How long a key stays known after the last token it signed has expired: clocks differ. */
const MARGIN_MS = 60 * 60_000;

/** Pure: the same keys and the same time give the same plan. */
export function planRotation(keys: readonly KeyAge[], nowMs: number): RotationPlan {
  const ordered = keys.toSorted((a, b) => a.signsFromMs - b.signsFromMs);
  const newest = ordered.at(-1);
  const successorMs = newest === undefined ? nowMs : Math.max(newest.signsFromMs + SIGNING_MS, nowMs + NOTICE_MS);
  const isDue = newest === undefined || newest.signsFromMs + SIGNING_MS - NOTICE_MS <= nowMs;
  const retired = ordered.filter((_key, position) => {
    const endedMs = ordered[position + 1]?.signsFromMs ?? Infinity;
    return endedMs + ACCESS_TOKEN_SECONDS * 1_000 + MARGIN_MS <= nowMs;
  });
  return { nextSignsFromMs: isDue ? successorMs : undefined, retired: retired.map((key) => key.kid) };
}

/** The key that signs at a time: the last one that has begun. Where another machine's clock is ahead, the first one that will. */
export function findSigningKey<Key extends KeyAge>(keys: readonly Key[], nowMs: number): Key | undefined {
  const ordered = keys.toSorted((a, b) => a.signsFromMs - b.signsFromMs);
  return ordered.findLast((key) => key.signsFromMs <= nowMs) ?? ordered[0];
}
