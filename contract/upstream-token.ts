import { z } from 'zod';

/** An access token for an upstream, as it is sealed for `upstreamTokenOwner(connectionId)` and kept in Redis until it expires. */
export const UpstreamTokenSchema = z.object({
  accessToken: z.string(),
  /** Milliseconds since the epoch. Absent: the upstream did not say. */
  expiresAtMs: z.number().int().optional(),
  /** Of the connection, when the token was obtained; see `ConnectionSchema`. */
  epoch: z.number().int().nonnegative(),
  /** Counts the tokens of a connection, so that a data plane can say which one the upstream refused. */
  serial: z.number().int().positive(),
});
export type UpstreamToken = Readonly<z.infer<typeof UpstreamTokenSchema>>;

/** The owner under which a connection's access token is sealed. */
export function upstreamTokenOwner(connectionId: string): string {
  return `connection:${connectionId}:access-token`;
}

/** Where a data plane asks the control plane for a token: POST, JSON, with a {@link makePlaneToken} in `authorization`. */
export const UPSTREAM_TOKEN_PATH = '/internal/upstream-token';

/** What a data plane asks. */
export const UpstreamTokenQuestionSchema = z.object({
  connectionId: z.string().max(64),
  /** The serial of the token that the upstream refused, if that is the reason to ask. */
  refusedSerial: z.number().int().positive().optional(),
  /** The scopes that the upstream wants and the token does not have (RFC 6750 section 3.1, `insufficient_scope`), separated by blanks. */
  missingScopes: z.string().max(1_024).optional(),
});
export type UpstreamTokenQuestion = Readonly<z.infer<typeof UpstreamTokenQuestionSchema>>;

/** What the control plane answers. */
export const UpstreamTokenAnswerSchema = z.discriminatedUnion('outcome', [
  /** The token that is good now: an {@link UpstreamToken}, sealed. */
  z.object({ outcome: z.literal('token'), sealedToken: z.string() }),
  /** Whoever may connect the subject has to do it again. */
  z.object({ outcome: z.literal('needs_authorization') }),
  /** The upstream's authorization server cannot be asked now. */
  z.object({ outcome: z.literal('unavailable'), retryAfterMs: z.number().int().nonnegative() }),
]);
export type UpstreamTokenAnswer = Readonly<z.infer<typeof UpstreamTokenAnswerSchema>>;
