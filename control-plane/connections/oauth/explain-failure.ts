import { IssuerMismatchError, InsecureTokenEndpointError, OAuthError, RegistrationRejectedError } from '@modelcontextprotocol/client';
import { ZodError } from 'zod';

/** What went wrong at an upstream or its authorization server, in words that repeat nothing that came from there but error codes and hosts. */
export function explainFailure(cause: unknown): string {
  if (cause instanceof IssuerMismatchError)
    return 'The authorization server does not identify itself as the one that was asked (issuer mismatch). Ask whoever runs it.';
  if (cause instanceof InsecureTokenEndpointError) return 'The token endpoint is not reached by https, so no secret is sent to it.';
  if (cause instanceof RegistrationRejectedError)
    return `The authorization server refuses to register the gateway (HTTP ${cause.status}). Enter a client id in the server's OAuth settings.`;
  if (cause instanceof OAuthError) return `The authorization server answered ${toCode(cause.code)}.`;
  const root = findRoot(cause);
  if (root.name === 'AddressRefusedError')
    return "An address that the upstream names is one that the gateway does not connect to; private, local and metadata addresses need the operator's permission (SLUICE_EGRESS_ALLOW).";
  if (root.name === 'TimeoutError' || root.name === 'AbortError')
    return 'The upstream or its authorization server took too long to answer.';
  if (root.code === 'ANSWER_TOO_LARGE') return 'An answer of the upstream or its authorization server is too large.';
  if (cause instanceof ZodError || cause instanceof SyntaxError)
    return 'The upstream or its authorization server answered with a document that is not valid.';
  if (cause instanceof TypeError)
    return `The upstream or its authorization server could not be reached${root.code === undefined ? '' : ` (${root.code})`}.`;
  return 'The authorization server of the upstream could not be found out about.';
}

/** An error code of RFC 6749 section 5.2, or what is left of something else. */
export function toCode(code: string): string {
  return code.replace(/[^\w-]/g, '').slice(0, 64);
}

function findRoot(cause: unknown): { readonly name?: string; readonly code?: string } {
  let error = cause;
  for (let depth = 0; depth < 5 && error instanceof Error && error.cause instanceof Error; depth += 1) error = error.cause;
  const { name, code } = (error ?? {}) as { name?: string; code?: unknown };
  return { name, code: typeof code === 'string' ? code : undefined };
}
