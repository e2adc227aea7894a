import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../root-route.ts';

/** `find` is a part of a name. */
export const peopleRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/people',
  validateSearch: ({ find }: Record<string, unknown>): { find?: string } => (typeof find === 'string' && find !== '' ? { find } : {}),
  component: lazyRouteComponent(() => import('./people-page.tsx'), 'PeoplePage'),
});
