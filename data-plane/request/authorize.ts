import { decideServerAccess } from '../../contract/access-decision.ts';
import { err, ok, type Result } from '../../foundation/result.ts';
import type { Caller } from './caller.ts';
import type { Rejection } from './rejection.ts';
import type { Target } from './target.ts';

/** Whether the caller may use the server, by the one decision function of the contract. */
export function authorize(target: Target, caller: Caller): Result<void, Rejection> {
  const decision = decideServerAccess(target.route, caller.subject);
  return decision.access === 'ALLOW' ? ok(undefined) : err({ reason: 'user_denied', grantId: target.route.grantId });
}
