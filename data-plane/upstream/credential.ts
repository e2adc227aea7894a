import type { IncomingHttpHeaders } from 'node:http';
import type { Result } from '../../foundation/result.ts';
import type { Rejection } from '../request/rejection.ts';

/** Header names and values in turn, ready for the upstream request. Never logged. */
export type CredentialHeaders = readonly string[];

/**
 * What proves the gateway to an upstream, in the name of one subject. The same object as long as the subject's connection is unchanged,
 * whatever tokens come and go meanwhile: whoever sends takes the headers when sending, and keeps the object.
 */
export interface UpstreamCredential {
  /** As of now. Another array whenever they change. */
  readonly headers: CredentialHeaders;
  /** Of the stored credential. Absent where the server needs none. */
  readonly connectionId?: string;
  /** Absent where there can never be other headers than these. */
  readonly renewal?: CredentialRenewal;
}

/** The `traceparent` of the call that a credential is asked for; undefined where there is nothing to tell. Called only where somebody has to be asked. */
export type FindTraceparent = () => string | undefined;

/** How to get past an upstream that refuses a credential. */
export interface CredentialRenewal {
  /** Obtains headers that are newer than the refused ones. An error where there are none to be had. */
  renew(refused: CredentialHeaders, findTraceparent?: FindTraceparent): Promise<Result<void, Rejection>>;
  /** The upstream took the headers. */
  noteAccepted(): void;
  /** The upstream wants scopes that the credential does not have. */
  noteMissingScopes(scopes: string): void;
  /** What the caller is told where only a person can help. */
  readonly refusal: Rejection;
}

/** Of a server that needs none. */
export const NO_CREDENTIAL: UpstreamCredential = { headers: [] };

/** What to do about an answer: nothing, send the request again with newer headers, or refuse the call. */
export type CredentialVerdict = 'accepted' | 'renew' | Rejection;

/**
 * What an upstream's answer says of the credential that was sent (RFC 6750 section 3.1). Refused, it has not worked on the request yet.
 * @param hasRenewed whether the headers were renewed for this very request already.
 */
export function judgeCredential(
  { renewal }: UpstreamCredential,
  status: number,
  headers: IncomingHttpHeaders,
  hasRenewed: boolean,
): CredentialVerdict {
  if (renewal === undefined) return 'accepted';
  if (status < 400) renewal.noteAccepted();
  if (status !== 401 && status !== 403) return 'accepted';
  if (status === 401) return hasRenewed ? renewal.refusal : 'renew';
  // As a list where the upstream sends the header more than once, whatever its type says.
  const challenge = [headers['www-authenticate'] ?? ''].flat().join(', ').slice(0, MAX_CHALLENGE_LENGTH);
  if (!/\berror="?insufficient_scope\b/.test(challenge)) return 'accepted';
  renewal.noteMissingScopes((/\bscope="([^"]*)"/.exec(challenge)?.[1] ?? '').slice(0, MAX_SCOPES_LENGTH));
  return renewal.refusal;
}

/** How much of a challenge is read, and of the scopes in it, in characters. */
const MAX_CHALLENGE_LENGTH = 4_096;
const MAX_SCOPES_LENGTH = 1_024;
