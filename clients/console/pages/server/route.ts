import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../root-route.ts';
import { parseServerSearch } from './server-search.ts';

export const serverRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/servers/$slug',
  validateSearch: parseServerSearch,
  component: lazyRouteComponent(() => import('./server-page.tsx'), 'ServerPage'),
});
