import { failure, type ProbeResult } from './probe-result.ts';

/** OpenSSL's and Node's codes for certificates and handshakes that do not hold. */
const TLS = /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_|ERR_SSL_|HOSTNAME_MISMATCH|EPROTO)/;
const TIMEOUT = /^(UND_ERR_CONNECT_TIMEOUT|UND_ERR_HEADERS_TIMEOUT|UND_ERR_BODY_TIMEOUT|ETIMEDOUT|TimeoutError)$/;
const UNKNOWN_NAME = /^(ENOTFOUND|EAI_AGAIN|EAI_NONAME)$/;

/** Says in a sentence why an address could not be talked to. Decided by code, never by message. */
export function explainFailure(cause: unknown): ProbeResult {
  const code = findCode(cause);
  if (code === 'ADDRESS_REFUSED') {
    return failure(
      'ADDRESS_REFUSED',
      'The address is private, local or reserved, and the gateway must not connect to it. An operator can allow it with SLUICE_EGRESS_ALLOW.',
    );
  }
  if (UNKNOWN_NAME.test(code)) return failure('NAME_UNKNOWN', 'The host name does not exist, or DNS did not answer. Check its spelling.');
  if (TIMEOUT.test(code))
    return failure('TIMEOUT', 'The server did not answer in time. Check that it runs and that the gateway is let through to it.');
  if (TLS.test(code))
    return failure('TLS_FAILED', `The TLS connection failed (${code}). Check the certificate, and that the port speaks TLS.`);
  return failure(
    'CONNECTION_FAILED',
    `No connection to the server (${code === '' ? 'unknown cause' : code}). Check host and port, and that the server runs.`,
  );
}

function findCode(cause: unknown): string {
  if (!(cause instanceof Error)) return '';
  if ('code' in cause && typeof cause.code === 'string') return cause.code;
  if (cause.name === 'TimeoutError') return cause.name;
  const inner: unknown = cause instanceof AggregateError ? cause.errors[0] : cause.cause;
  return findCode(inner);
}
