import { z } from 'zod';

/** What of a request goes upstream besides the message: chosen headers of the client, and who calls. */
export const ForwardingSchema = z.object({
  /** Headers of the client by their lower-case names, with the names they have upstream. */
  headers: z.array(z.object({ from: z.string(), to: z.string() })),
  /** The header that carries a signed token that says who calls; see `data-plane/identity/`. Absent: none does. */
  identityHeader: z.string().optional(),
  /** The header that carries the same claims without a signature, as base64url of JSON. Absent: none does. */
  claimsHeader: z.string().optional(),
});

export type Forwarding = Readonly<z.infer<typeof ForwardingSchema>>;

/** Forwarded headers of one server. */
export const MAX_FORWARDED_HEADERS = 20;

/** RFC 9110 section 5.6.2, in the case in which names are compared. */
const NAME = /^[!#$%&'*+.^_`|~0-9a-z-]{1,128}$/;

/** What belongs to the gateway, to the connection or to the client's own credentials: it neither comes from a client nor is set by one. */
const PROTECTED: ReadonlySet<string> = new Set([
  'accept', 'accept-encoding', 'accept-language', 'authorization', 'baggage', 'connection', 'content-encoding', 'content-length', 'content-type',
  'cookie', 'dpop', 'expect', 'forwarded', 'host', 'http2-settings', 'keep-alive', 'last-event-id', 'origin', 'referer', 'set-cookie', 'te',
  'traceparent', 'tracestate', 'trailer', 'transfer-encoding', 'upgrade', 'via',
]); // prettier-ignore
const PROTECTED_PREFIXES = ['access-control-', 'mcp-', 'proxy-', 'sec-', 'x-forwarded-', 'x-sluice-'];

/** Why a header cannot be forwarded, in words; undefined where it can. */
export function findForwardingFault(name: string): string | undefined {
  if (!NAME.test(name.toLowerCase())) return 'is not a header name of at most 128 characters';
  const lower = name.toLowerCase();
  const isProtected = PROTECTED.has(lower) || PROTECTED_PREFIXES.some((prefix) => lower.startsWith(prefix));
  return isProtected ? 'is a protected name: it belongs to the protocol, the connection, or a credential' : undefined;
}
