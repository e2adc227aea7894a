import type { UserAccess, UserOverrideInput } from '../../../generated/graphql.ts';

/** The exceptions of a grant with one person's changed; whoever has what everybody has needs none. */
export function toOverrides(
  known: readonly { readonly access: UserAccess; readonly user: { readonly id: string } }[],
  everybody: UserAccess,
  userId: string,
  access: UserAccess,
): UserOverrideInput[] {
  const others = known.filter(({ user }) => user.id !== userId).map(({ user, access: held }) => ({ userId: user.id, access: held }));
  return access === everybody ? others : [...others, { userId, access }];
}
