import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../root-route.ts';
import { parseInteractionsSearch } from './interactions-search.ts';

export const interactionsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/interactions',
  validateSearch: parseInteractionsSearch,
  component: lazyRouteComponent(() => import('./interactions-page.tsx'), 'InteractionsPage'),
});
