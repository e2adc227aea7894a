import type { JWTPayload } from 'jose';
import { err, ok, type Result } from '../../foundation/result.ts';
import { emailRule, nameRule } from '../api/check-input.ts';
import type { IdentityProvider } from './identity-provider.entity.ts';

/** A person as their provider describes them. */
export interface ProvidedPerson {
  readonly subject: string;
  readonly email: string;
  /** Whether the provider vouches for the address being theirs. */
  readonly isEmailVerified: boolean;
  readonly name: string;
  /** Undefined where the provider was not asked for them. */
  readonly groups: readonly string[] | undefined;
}

/** What a provider's claims are mapped by. */
export type ClaimMapping = Pick<IdentityProvider, 'emailClaim' | 'nameClaim' | 'groupsClaim' | 'emailDomain' | 'requiredGroup'>;

const MAX_GROUPS = 200;
const MAX_GROUP_LENGTH = 256;

/** The person of the claims, if the provider's settings let them in; else why not, in words for that person. */
export function toProvidedPerson(mapping: ClaimMapping, claims: JWTPayload): Result<ProvidedPerson, string> {
  const email = emailRule.safeParse(claims[mapping.emailClaim]);
  if (typeof claims.sub !== 'string' || !email.success)
    return err(`Your identity provider does not say your e-mail address (claim ${mapping.emailClaim}).`);
  const isEmailVerified = claims['email_verified'] === true || claims['email_verified'] === 'true';
  const name = nameRule.safeParse(claims[mapping.nameClaim]);
  const groups = mapping.groupsClaim == null ? undefined : toGroups(claims[mapping.groupsClaim]);
  if (mapping.emailDomain != null && !(isEmailVerified && email.data.toLowerCase().endsWith(`@${mapping.emailDomain}`)))
    return err('Only people with a verified e-mail address of the organization can sign in.');
  if (mapping.requiredGroup != null && groups?.includes(mapping.requiredGroup) !== true)
    return err('You are not in the group whose people can sign in. Ask an administrator of your organization.');
  return ok({ subject: claims.sub, email: email.data, isEmailVerified, name: name.success ? name.data : email.data.slice(0, 120), groups });
}

function toGroups(claim: unknown): string[] {
  const list = Array.isArray(claim) ? claim : [claim];
  const named = list.filter(
    (group): group is string => typeof group === 'string' && group !== '' && group.length <= MAX_GROUP_LENGTH && !group.includes('\0'),
  );
  return [...new Set(named)].toSorted().slice(0, MAX_GROUPS);
}
