/** Why a request as a whole is refused; the `extensions.code` of a top-level GraphQL error. */
export type AccessErrorCode = 'UNAUTHENTICATED' | 'FORBIDDEN' | 'BAD_REQUEST' | 'RATE_LIMITED';

/** The caller is not signed in, or may not do this at all. Thrown by `authorize` and by the context, and nowhere else. */
export class AccessError extends Error {
  override readonly name = 'AccessError';
  readonly code: AccessErrorCode;

  constructor(code: AccessErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
