import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../root-route.ts';

/** What of the page is in its address. */
export interface AuditSearch {
  /** Only about this type of object. */
  readonly kind?: string;
  /** Only this action. */
  readonly action?: string;
  /** Only about the object with this id. */
  readonly resource?: string;
  /** Only by the person or service key with this id. */
  readonly actor?: string;
  /** Only the last so many days. */
  readonly days?: number;
  /** The event that is looked at closely. */
  readonly event?: string;
}

export const auditRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/audit',
  validateSearch: (search: Record<string, unknown>): AuditSearch => ({
    kind: toText(search['kind']),
    action: toText(search['action']),
    resource: toText(search['resource']),
    actor: toText(search['actor']),
    days: typeof search['days'] === 'number' && search['days'] > 0 ? search['days'] : undefined,
    event: toText(search['event']),
  }),
  component: lazyRouteComponent(() => import('./audit-page.tsx'), 'AuditPage'),
});

function toText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
