import type { SnapshotConnection } from '../../../contract/snapshot.ts';
import type { UpstreamToken } from '../../../contract/upstream-token.ts';
import type { Result } from '../../../foundation/result.ts';

/** Why there is no token. */
export type TokenFailure =
  /** Whoever may connect the subject has to do so again. */
  | { readonly reason: 'needs_authorization' }
  /** Nobody could be asked who knows. */
  | { readonly reason: 'unavailable'; readonly retryAfterMs: number }
  /** It does not open with this process's keys, or is not one. */
  | { readonly reason: 'unusable'; readonly failure: string };

/** Why a token is asked for that is not simply the current one. */
export interface TokenRefusal {
  /** Of the token that the upstream refused. */
  readonly refusedSerial: number;
  /** The scopes that the upstream asked for instead, if that is why. */
  readonly missingScopes?: string;
}

/** Where tokens for upstreams come from. */
export interface TokenSource {
  /**
   * The token of a connection that is good now, but not the refused one. Takes as long as a call may wait.
   * @param traceparent of the call that asks first. Others may wait for the same answer.
   */
  obtain(connection: SnapshotConnection, refusal?: TokenRefusal, traceparent?: string): Promise<Result<UpstreamToken, TokenFailure>>;
}
