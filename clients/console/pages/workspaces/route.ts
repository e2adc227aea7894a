import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../root-route.ts';

/** `find` is a part of a name. */
export const workspacesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/workspaces',
  validateSearch: ({ find }: Record<string, unknown>): { find?: string } => (typeof find === 'string' && find !== '' ? { find } : {}),
  component: lazyRouteComponent(() => import('./workspaces-page.tsx'), 'WorkspacesPage'),
});
