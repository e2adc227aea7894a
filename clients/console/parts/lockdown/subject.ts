import type { LockdownKind } from '../../generated/graphql.ts';

/** What can be stopped everywhere. */
export interface LockdownSubject {
  readonly id: string;
  readonly kind: LockdownKind;
  readonly name: string;
}
