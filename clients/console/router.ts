import { createRouter } from '@tanstack/react-router';
import { FailedPage } from './parts/failed-page.tsx';
import { MissingPage } from './parts/missing-page.tsx';
import { PageSkeleton } from './parts/page-skeleton.tsx';
import { addServerRoute } from './pages/add-server/route.ts';
import { clientsRoute } from './pages/clients/route.ts';
import { homeRoute } from './pages/home/route.ts';
import { identityProvidersRoute } from './pages/identity-providers/route.ts';
import { keysRoute } from './pages/keys/route.ts';
import { myServersRoute } from './pages/my-servers/route.ts';
import { organizationKeysRoute } from './pages/organization-keys/route.ts';
import { peopleRoute } from './pages/people/route.ts';
import { personRoute } from './pages/person/route.ts';
import { serverRoute } from './pages/server/route.ts';
import { serversRoute } from './pages/servers/route.ts';
import { useServerRoute } from './pages/use-server/route.ts';
import { workspaceRoute } from './pages/workspace/route.ts';
import { workspacesRoute } from './pages/workspaces/route.ts';
import { auditRoute } from './pages/audit/route.ts';
import { gatewaysRoute } from './pages/gateways/route.ts';
import { interactionsRoute } from './pages/interactions/route.ts';
import { usageRoute } from './pages/usage/route.ts';
import { rootRoute } from './root-route.ts';

/** Every page, one line each. */
const routeTree = rootRoute.addChildren([
  homeRoute,
  serversRoute,
  addServerRoute,
  serverRoute,
  myServersRoute,
  useServerRoute,
  keysRoute,
  organizationKeysRoute,
  clientsRoute,
  workspacesRoute,
  workspaceRoute,
  peopleRoute,
  personRoute,
  identityProvidersRoute,
  interactionsRoute,
  usageRoute,
  gatewaysRoute,
  auditRoute,
]);

export const router = createRouter({
  routeTree,
  basepath: '/console',
  defaultPreload: 'intent',
  scrollRestoration: true,
  defaultPendingComponent: PageSkeleton,
  defaultPendingMs: 150,
  defaultErrorComponent: FailedPage,
  defaultNotFoundComponent: MissingPage,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
