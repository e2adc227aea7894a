import type { TrustedIssuer } from '../../contract/snapshot.ts';

/** What a token says. */
export type Claims = Readonly<Record<string, unknown>>;

/** Whether a token says everything that the organization requires of the tokens of an issuer. */
export function hasRequiredClaims({ requiredClaims }: TrustedIssuer, claims: Claims): boolean {
  return Object.entries(requiredClaims).every(([name, value]) => hasClaim(claims, name, value));
}

/** The user whom a token names, or undefined where it names nobody whom the organization knows. */
export function findTrustedUser({ userClaim, users }: TrustedIssuer, claims: Claims): string | undefined {
  const name = findClaim(claims, userClaim);
  return typeof name === 'string' && Object.hasOwn(users, name) ? users[name] : undefined;
}

/** A claim of the token's own: names like `constructor` are in every object. */
function findClaim(claims: Claims, name: string): unknown {
  return Object.hasOwn(claims, name) ? claims[name] : undefined;
}

function hasClaim(claims: Claims, name: string, value: string): boolean {
  const claim = findClaim(claims, name);
  return Array.isArray(claim) ? claim.some((element) => toText(element) === value) : toText(claim) === value;
}

/** Some issuers write `email_verified` as a boolean and some as a text. */
function toText(claim: unknown): string | undefined {
  return typeof claim === 'string' || typeof claim === 'boolean' || typeof claim === 'number' ? String(claim) : undefined;
}
