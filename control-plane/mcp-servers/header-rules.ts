// Trust boundary: which headers a stored credential may consist of. They are added to every request to the upstream, so one that
// frames the message, steers the protocol or names the gateway's own things would let whoever stores it forge requests.

/** Headers in one connection. */
export const MAX_HEADERS = 32;
/** Characters of a name. */
export const MAX_NAME_LENGTH = 128;
/** Characters of a value. */
export const MAX_VALUE_LENGTH = 8_192;
/** Characters of all names and values together; servers commonly refuse more than 16 KiB of headers in all. */
export const MAX_TOTAL_LENGTH = 12_288;

/** RFC 9110 section 5.6.2. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** RFC 9110 section 5.5, without `obs-text`: no CR, LF or NUL, with which a header would end early, and no blank at either end. */
const VALUE = /^[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?$/;

/** Connection-specific (RFC 9110 section 7.6.1), framing and routing: decided by the gateway for each request. */
const FRAMING = [
  'connection', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'http2-settings', 'expect', 'host', 'content-length',
  'content-type', 'content-encoding', 'accept', 'accept-encoding',
]; // prettier-ignore
/** Passed on from the client, so a stored one would be sent beside the client's. */
const FORWARDED = ['accept-language', 'last-event-id', 'traceparent', 'tracestate', 'baggage'];
const FORBIDDEN: ReadonlySet<string> = new Set([...FRAMING, ...FORWARDED]);
/** `mcp-` is the protocol's, `x-sluice-` the gateway's, `proxy-` is between a client and a proxy (RFC 9110 section 11.7). */
const FORBIDDEN_PREFIXES = ['mcp-', 'x-sluice-', 'proxy-'];

/** Why a name cannot be used, in words; undefined where it can. `Cookie` can: it is a static credential like any other, and the callers' own cookies never go upstream. */
export function findNameFault(name: string): string | undefined {
  if (name.length > MAX_NAME_LENGTH) return `must have at most ${MAX_NAME_LENGTH} characters`;
  if (!TOKEN.test(name)) return "must be a header name: letters, digits and !#$%&'*+-.^_`|~ only";
  const lower = name.toLowerCase();
  const isForbidden = FORBIDDEN.has(lower) || FORBIDDEN_PREFIXES.some((prefix) => lower.startsWith(prefix));
  return isForbidden ? 'names a header that the gateway sets itself' : undefined;
}

/** Why a value cannot be used, in words that do not repeat it; undefined where it can. */
export function findValueFault(value: string): string | undefined {
  if (value.length > MAX_VALUE_LENGTH) return `must have at most ${MAX_VALUE_LENGTH} characters`;
  return VALUE.test(value) ? undefined : 'must be visible ASCII characters, with blanks and tabs only in between';
}
