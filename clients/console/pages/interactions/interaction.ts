import type { InteractionFilter, InteractionOutcome, InteractionRowFragment } from '../../generated/graphql.ts';
import { texts } from '../../texts/interactions.ts';

/** What a list shows of an interaction. */
export type Interaction = InteractionRowFragment;

/** What was asked for, in one line. */
export function toTitle({ kind, method, droppedCount }: Pick<Interaction, 'kind' | 'method' | 'droppedCount'>): string {
  if (kind === 'DROPPED') return texts.dropped(droppedCount ?? 0);
  return kind === 'REQUEST' && method != null ? method : [texts.kinds[kind], method].filter((part) => part != null).join(' · ');
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
