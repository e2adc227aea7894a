import type { Rejection } from '../request/rejection.ts';

const TIMEOUT_CODES: ReadonlySet<string> = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'SLUICE_HEAD_TIMEOUT',
  'ETIMEDOUT',
]);

/** The peer spoke, but not HTTP. */
const PROTOCOL_CODES = /^(HPE_|UND_ERR_HEADERS_OVERFLOW|UND_ERR_RES_CONTENT_LENGTH_MISMATCH)/;

/** The upstream was not reached at all, so it cannot have executed anything. */
const CONNECT_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** How long it is waited before a connection is tried again, in milliseconds, times the number of the attempt. */
const RETRY_PAUSE_MS = 100;

/** After which pause a request may be sent again, in milliseconds; undefined where it may have been executed, or was tried often enough. */
export function findRetryPause(cause: Error, attempts: number, connectRetries: number | undefined): number | undefined {
  return attempts < (connectRetries ?? 0) && CONNECT_CODES.has(findCode(cause)) ? RETRY_PAUSE_MS * (attempts + 1) : undefined;
}

/** What a failed upstream request means for the caller. Decided by code, never by message. */
export function toUpstreamRejection(cause: Error): Rejection {
  const code = findCode(cause);
  if (code === 'ADDRESS_REFUSED') return { reason: 'upstream_address_refused', cause };
  if (TIMEOUT_CODES.has(code)) return { reason: 'upstream_timeout', cause };
  if (PROTOCOL_CODES.test(code)) return { reason: 'upstream_answer_invalid', fault: code };
  return { reason: 'upstream_unreachable', cause };
}

/** Connecting to several addresses of a host fails with an AggregateError that carries the single failures. */
function findCode(error: Error): string {
  if ('code' in error && typeof error.code === 'string') return error.code;
  const [first] = error instanceof AggregateError ? error.errors : [error.cause];
  return first instanceof Error ? findCode(first) : '';
}
