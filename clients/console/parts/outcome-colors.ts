import type { InteractionOutcome } from '../generated/graphql.ts';

/** How a call ended, as a color beside its words. */
export const outcomeColors: Record<InteractionOutcome, string> = {
  COMPLETED: 'green',
  ERROR: 'orange',
  REFUSED: 'yellow',
  UPSTREAM_FAILED: 'red',
  FAILED: 'red',
  CLIENT_GONE: 'gray',
};
