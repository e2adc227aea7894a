import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../root-route.ts';

export const identityProvidersRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/identity-providers',
  component: lazyRouteComponent(() => import('./identity-providers-page.tsx'), 'IdentityProvidersPage'),
});
