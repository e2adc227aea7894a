import type { InteractionFilter, InteractionOutcome, InteractionRowFragment } from '../../generated/graphql.ts';
import { texts } from '../../texts/interactions.ts';

/** What a list shows of an interaction. */
export type Interaction = InteractionRowFragment;

export const outcomeColors: Record<InteractionOutcome, string> = {
  COMPLETED: 'green',
  ERROR: 'orange',
  REFUSED: 'yellow',
  UPSTREAM_FAILED: 'red',
  FAILED: 'red',
  CLIENT_GONE: 'gray',
};

/** What was asked for, in one line. */
export function toTitle({ kind, method, droppedCount }: Pick<Interaction, 'kind' | 'method' | 'droppedCount'>): string {
  if (kind === 'DROPPED') return texts.dropped(droppedCount ?? 0);
  return kind === 'REQUEST' && method != null ? method : [texts.kinds[kind], method].filter((part) => part != null).join(' · ');
}

/** Milliseconds as people read them. */
export function toDuration(ms: number | null | undefined): string {
  if (ms == null) return texts.none;
  if (ms < 1) return '< 1 ms';
  return ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

/** The filter of the API for what the address says. */
export function toFilter(search: {
  readonly server?: string;
  readonly workspace?: string;
  readonly user?: string;
  readonly outcome?: InteractionOutcome;
  readonly method?: string;
  readonly capability?: string;
  readonly trace?: string;
  readonly session?: string;
  readonly slow?: number;
}): InteractionFilter {
  return {
    mcpServerId: search.server,
    workspaceId: search.workspace,
    userId: search.user,
    outcomes: search.outcome === undefined ? undefined : [search.outcome],
    method: search.method,
    capabilityName: search.capability,
    traceId: search.trace,
    sessionId: search.session,
    minTotalMs: search.slow,
  };
}
