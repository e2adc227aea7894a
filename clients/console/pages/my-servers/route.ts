import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../root-route.ts';

/** What of the page's state is in its address. */
export interface MyServersSearch {
  /** The one workspace that is shown, by its slug. */
  readonly workspace?: string;
}

export const myServersRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/my-servers',
  validateSearch: ({ workspace }: Record<string, unknown>): MyServersSearch =>
    typeof workspace === 'string' && workspace !== '' ? { workspace } : {},
  component: lazyRouteComponent(() => import('./my-servers-page.tsx'), 'MyServersPage'),
});
