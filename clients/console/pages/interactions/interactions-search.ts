import type { InteractionOutcome } from '../../generated/graphql.ts';

/** Every way it can end, in the order that people look for. */
export const outcomes: readonly InteractionOutcome[] = ['COMPLETED', 'ERROR', 'REFUSED', 'UPSTREAM_FAILED', 'FAILED', 'CLIENT_GONE'];

/** What of the page is in its address. */
export interface InteractionsSearch {
  readonly server?: string;
  readonly workspace?: string;
  readonly user?: string;
  readonly outcome?: InteractionOutcome;
  readonly method?: string;
  /** The name of a tool, prompt or resource. */
  readonly capability?: string;
  readonly trace?: string;
  readonly session?: string;
  /** Only what took at least so many milliseconds. */
  readonly slow?: number;
  /** Whether the newest come in while one looks. */
  readonly live?: boolean;
  /** The interaction that is looked at closely. */
  readonly shown?: string;
}

export function parseInteractionsSearch(search: Record<string, unknown>): InteractionsSearch {
  return {
    server: toText(search['server']),
    workspace: toText(search['workspace']),
    user: toText(search['user']),
    outcome: outcomes.find((outcome) => outcome === search['outcome']),
    method: toText(search['method']),
    capability: toText(search['capability']),
    trace: toText(search['trace']),
    session: toText(search['session']),
    slow: typeof search['slow'] === 'number' && search['slow'] > 0 ? search['slow'] : undefined,
    live: search['live'] === true ? true : undefined,
    shown: toText(search['shown']),
  };
}

function toText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
