import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { ApiKeyKind, ApiKeyState } from '../../generated/graphql.ts';
import { rootRoute } from '../../root-route.ts';

/** What of the page is in its address. */
export interface OrganizationKeysSearch {
  /** A part of the name, the prefix, the person or the workspace. */
  readonly find?: string;
  readonly state?: ApiKeyState;
  readonly kind?: ApiKeyKind;
}

const STATES: readonly ApiKeyState[] = ['ACTIVE', 'EXPIRED', 'REVOKED'];
const KINDS: readonly ApiKeyKind[] = ['SERVICE', 'USER'];

export const organizationKeysRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/api-keys',
  validateSearch: ({ find, state, kind }: Record<string, unknown>): OrganizationKeysSearch => ({
    find: typeof find === 'string' && find !== '' ? find : undefined,
    state: STATES.find((each) => each === state),
    kind: KINDS.find((each) => each === kind),
  }),
  component: lazyRouteComponent(() => import('./organization-keys-page.tsx'), 'OrganizationKeysPage'),
});
