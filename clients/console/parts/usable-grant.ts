import type { UserAccess } from '../generated/graphql.ts';

interface Grant {
  readonly enabled: boolean;
  readonly defaultUserAccess: UserAccess;
  readonly userOverrides: readonly { readonly access: UserAccess; readonly user: { readonly id: string } }[];
}

/** Whether a person of the workspace may use what the grant makes available: their exception first, the default otherwise. */
export function isUsable(grant: Grant, userId: string): boolean {
  const override = grant.userOverrides.find(({ user }) => user.id === userId);
  return grant.enabled && (override?.access ?? grant.defaultUserAccess) === 'ALLOW';
}
