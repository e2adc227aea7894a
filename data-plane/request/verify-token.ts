// Trust boundary: whose signature a JWT has (RFC 7519). It trusts the issuers and public keys of the snapshot, and of a token only what
// their signature covers: algorithms come from a list, keys by id from the snapshot, and nothing from the token's own header.
import { createLocalJWKSet, decodeJwt, errors, jwtVerify, type JWTPayload, type JWTVerifyOptions, type LocalJWKSet } from 'jose';
import { ACCESS_TOKEN_ALGORITHM, AccessTokenClaimsSchema, type AccessTokenClaims } from '../../contract/access-token.ts';
import type { AuthorizationServerDocument, PublicKey, TrustedIssuer } from '../../contract/snapshot.ts';
import { err, ok, type Result } from '../../foundation/result.ts';
import { toPersonId, type ClientCaller, type FederatedCaller } from './caller.ts';
import type { Rejection, TokenFault } from './rejection.ts';
import { findTrustedUser, hasRequiredClaims } from './trusted-claims.ts';

/** A token whose signature was checked, with the object of the snapshot that it rests on. What else must hold is checked with each use. */
export type VerifiedToken =
  | { readonly kind: 'own'; readonly basis: AuthorizationServerDocument; readonly claims: AccessTokenClaims; readonly caller: ClientCaller }
  | { readonly kind: 'trusted'; readonly basis: TrustedIssuer; readonly claims: JWTPayload; readonly caller: FederatedCaller };

/** Who may have signed a token. */
export interface TokenIssuers {
  readonly own: AuthorizationServerDocument | undefined;
  /** Those that the organization trusts. */
  readonly trusted: readonly TrustedIssuer[];
}

/** The largest token that is looked at, in characters: one with the groups of a large directory fits. */
export const MAX_TOKEN_LENGTH = 16 * 1024;

/** Asymmetric ones only: with a shared secret, whoever can check could sign. */
const TRUSTED_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'];

/** What the tokens of other issuers call themselves: access tokens (RFC 9068 section 2.1), or just JWT. */
const TRUSTED_TYPES: ReadonlySet<string | undefined> = new Set([undefined, 'jwt', 'at+jwt', 'application/at+jwt']);

/** How far the clocks of issuers and data planes may differ, in seconds. */
export const LEEWAY_SECONDS = 10;

const keySets = new WeakMap<readonly PublicKey[], LocalJWKSet>();

/** Checks who signed a token, and that it has the claims its issuer promised. */
export async function verifyToken(token: string, issuers: TokenIssuers, nowMs: number): Promise<Result<VerifiedToken, Rejection>> {
  if (token.length > MAX_TOKEN_LENGTH) return refuse('too_large');
  const issuer = findIssuer(token);
  if (issuer === undefined) return refuse('malformed');
  if (issuer === issuers.own?.issuer) return verifyOwn(token, issuers.own, nowMs);
  const candidates = issuers.trusted.filter((trusted) => trusted.issuer === issuer);
  let refusal = refuse('issuer');
  for (const candidate of candidates) {
    const verified = await verifyTrusted(token, candidate, nowMs);
    if (verified.ok) return verified;
    refusal = verified;
  }
  return refusal;
}

async function verifyOwn(token: string, basis: AuthorizationServerDocument, nowMs: number): Promise<Result<VerifiedToken, Rejection>> {
  const payload = await verify(token, basis, { algorithms: [ACCESS_TOKEN_ALGORITHM], typ: 'at+jwt', ...toClock(nowMs) });
  if (!payload.ok) return payload;
  const claims = AccessTokenClaimsSchema.safeParse(payload.value);
  if (!claims.success) return refuse('claims');
  const { client_id: clientId, consent: consentId, sub: userId } = claims.data;
  const person = { id: toPersonId(userId), subject: { kind: 'USER', userId } } as const;
  const caller: ClientCaller = { kind: 'ACCESS_TOKEN', ...person, clientId, consentId, claims: payload.value };
  return ok({ kind: 'own', basis, claims: { ...payload.value, ...claims.data }, caller });
}

async function verifyTrusted(token: string, basis: TrustedIssuer, nowMs: number): Promise<Result<VerifiedToken, Rejection>> {
  const payload = await verify(token, basis, { algorithms: TRUSTED_ALGORITHMS, ...toClock(nowMs) });
  if (!payload.ok) return payload;
  const claims = payload.value;
  if (!hasRequiredClaims(basis, claims)) return refuse('claims');
  const userId = findTrustedUser(basis, claims);
  if (userId === undefined) return refuse('user');
  const clientId = [claims['client_id'], claims['azp']].find((id) => typeof id === 'string');
  const person = { id: toPersonId(userId), subject: { kind: 'USER', userId } } as const;
  return ok({ kind: 'trusted', basis, claims, caller: { kind: 'TRUSTED_TOKEN', ...person, issuerId: basis.id, clientId, claims } });
}

async function verify(
  token: string,
  { issuer, keys }: { readonly issuer: string; readonly keys: readonly PublicKey[] },
  options: JWTVerifyOptions,
): Promise<Result<JWTPayload, Rejection>> {
  try {
    const { payload, protectedHeader } = await jwtVerify(token, toKeySet(keys), { ...options, issuer, requiredClaims: ['exp'] });
    if (typeof protectedHeader.kid !== 'string') return refuse('key');
    return TRUSTED_TYPES.has(protectedHeader.typ?.toLowerCase()) ? ok(payload) : refuse('type');
  } catch (cause) {
    if (cause instanceof errors.JWTExpired) return err({ reason: 'token_expired' });
    // Everything else comes from the import of a key that an issuer published: too short, or no key at all.
    return refuse(cause instanceof errors.JOSEError ? toFault(cause) : 'key');
  }
}

function toClock(nowMs: number) {
  return { currentDate: new Date(nowMs), clockTolerance: LEEWAY_SECONDS };
}

/** Keys are imported once for each content of the document that has them. */
function toKeySet(keys: readonly PublicKey[]): LocalJWKSet {
  const known = keySets.get(keys);
  if (known !== undefined) return known;
  const keySet = createLocalJWKSet({ keys: [...keys] });
  keySets.set(keys, keySet);
  return keySet;
}

/** Who the token says has issued it. Decides only whose keys it is checked with. */
function findIssuer(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch {
    // Not a JWT, which is all there is to know.
    return undefined;
  }
}

function toFault(error: errors.JOSEError): TokenFault {
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'signature';
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) return 'key';
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported) return 'algorithm';
  if (error instanceof errors.JWTClaimValidationFailed) return CLAIM_FAULTS.get(error.claim) ?? 'claims';
  return 'malformed';
}

const CLAIM_FAULTS: ReadonlyMap<string, TokenFault> = new Map([
  ['typ', 'type'],
  ['nbf', 'not_yet_valid'],
]);

function refuse(fault: TokenFault): { readonly ok: false; readonly error: Rejection } {
  return err({ reason: 'token_invalid', fault });
}
