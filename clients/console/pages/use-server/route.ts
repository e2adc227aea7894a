import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../root-route.ts';
import { parseUseServerSearch } from './use-server-search.ts';

export const useServerRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/my-servers/$workspace/$server',
  validateSearch: parseUseServerSearch,
  component: lazyRouteComponent(() => import('./use-server-page.tsx'), 'UseServerPage'),
});
