import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { InteractionOutcome } from '../../generated/graphql.ts';
import { rootRoute } from '../../root-route.ts';
import { outcomes } from './interaction.ts';

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

export const interactionsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/interactions',
  validateSearch: (search: Record<string, unknown>): InteractionsSearch => ({
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
  }),
  component: lazyRouteComponent(() => import('./interactions-page.tsx'), 'InteractionsPage'),
});

function toText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
