// Trust boundary: who may use a route. Pure, so that the data plane (which enforces) and the control plane (which explains)
// run the very same function.
import type { Route, UserAccess } from './snapshot.ts';

/** An authenticated peer, as far as access depends on it: a workspace's service key, or a person. */
export type AccessSubject = { readonly kind: 'SERVICE' } | { readonly kind: 'USER'; readonly userId: string };

/** The outcome, with the rule that decided. */
export interface AccessDecision {
  readonly access: UserAccess;
  /** `grant`: the route exists for this workspace and nothing narrower applies. */
  readonly decidedBy: 'grant' | 'default_user_access' | 'user_override';
}

const BY_GRANT: AccessDecision = { access: 'ALLOW', decidedBy: 'grant' };

/** Whether the subject may use the server at all. A service key stands for the workspace, which the grant admits; people are decided one by one. */
export function decideServerAccess(route: Route, subject: AccessSubject): AccessDecision {
  if (subject.kind === 'SERVICE') return BY_GRANT;
  const override = route.userOverrides?.[subject.userId];
  if (override !== undefined) return { access: override, decidedBy: 'user_override' };
  return { access: route.defaultUserAccess, decidedBy: 'default_user_access' };
}
