import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../root-route.ts';

/** `url` fills the first field, for links from elsewhere. */
export const addServerRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/servers/new',
  validateSearch: ({ url }: Record<string, unknown>): { url?: string } => (typeof url === 'string' ? { url } : {}),
  component: lazyRouteComponent(() => import('./add-server-page.tsx'), 'AddServerPage'),
});
