import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../root-route.ts';
import { dimensions, periods, type Dimension, type Period } from './usage-view.ts';

/** What of the page is in its address. */
export interface UsageSearch {
  readonly period?: Period;
  readonly by?: Dimension;
}

export const usageRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/usage',
  validateSearch: (search: Record<string, unknown>): UsageSearch => ({
    period: periods.find((period) => period === search['period']),
    by: dimensions.find((dimension) => dimension === search['by']),
  }),
  component: lazyRouteComponent(() => import('./usage-page.tsx'), 'UsagePage'),
});
