import type { OrganizationDocument, TrustedIssuer } from '../../contract/snapshot.ts';
import type { NamedUserRow, TrustedIssuerRow } from './snapshot-rows.ts';
import { sortBy } from './sort-by.ts';

/** One document for each organization that trusts an issuer. */
export function compileTrust(issuers: readonly TrustedIssuerRow[], users: readonly NamedUserRow[]): OrganizationDocument[] {
  const usersOf = Map.groupBy(users, (row) => row.organizationId);
  const byOrganization = Map.groupBy(
    issuers.filter((row) => row.isEnabled && row.keys.length > 0),
    (row) => row.organizationId,
  );
  return sortBy([...byOrganization], ([id]) => id).map(([id, rows]) => {
    const names = toNames(usersOf.get(id) ?? []);
    return { kind: 'organization', id, trustedIssuers: sortBy(rows, (row) => row.id).map((row) => toTrustedIssuer(row, names)) };
  });
}

/** As it was entered and in lowercase: identity providers write the address in one of the two ways, and data planes compare exactly. */
function toNames(users: readonly NamedUserRow[]): Record<string, string> {
  const enabled = sortBy(users, (row) => row.userId).filter((row) => row.isUserEnabled);
  const names = enabled.flatMap(({ email, userId }) => [[email, userId] as const, [email.toLowerCase(), userId] as const]);
  return Object.fromEntries(sortBy(names, ([name]) => name));
}

function toTrustedIssuer(row: TrustedIssuerRow, users: Record<string, string>): TrustedIssuer {
  return {
    id: row.id,
    issuer: row.issuer,
    audience: row.audience ?? undefined,
    keys: sortBy(row.keys, (key) => key.kid),
    requiredClaims: Object.fromEntries(sortBy(Object.entries(row.requiredClaims), ([name]) => name)),
    userClaim: row.userClaim,
    users,
  };
}
