import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../root-route.ts';
import { parseWorkspaceSearch } from './workspace-search.ts';

export const workspaceRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/workspaces/$slug',
  validateSearch: parseWorkspaceSearch,
  component: lazyRouteComponent(() => import('./workspace-page.tsx'), 'WorkspacePage'),
});
