// Trust boundary: what passes from one side to the other. Both directions are allowlists, because the dangerous header is
// the one nobody has thought of yet. The caller's credential and session id were issued by the gateway and never leave it.
import type { IncomingHttpHeaders } from 'node:http';
import { toHeaderName } from '../request/request-headers.ts';
import type { CredentialHeaders } from './credential.ts';

/** From the client to the upstream, besides `mcp-param-*`. */
const TO_UPSTREAM: ReadonlySet<string> = new Set([
  'accept',
  'accept-language',
  'content-type',
  'last-event-id',
  'mcp-protocol-version',
  'mcp-method',
  'mcp-name',
]);

/** From the upstream to the client. `mcp-session-id` is translated, not copied. */
const TO_CLIENT: ReadonlySet<string> = new Set([
  'cache-control',
  'content-encoding',
  'content-language',
  'content-length',
  'content-type',
  'mcp-protocol-version',
  'retry-after',
]);

/**
 * Headers for the upstream, names and values in turn.
 * @param raw `IncomingMessage.rawHeaders`: reading it once is cheaper than building and walking the parsed object.
 * @param tracing what the upstream is told of the trace; what the client said of it was checked for that.
 */
export function toUpstreamHeaders(
  raw: readonly string[],
  upstreamSessionId: string | undefined,
  credential: CredentialHeaders,
  tracing: readonly string[],
): string[] {
  const headers = ['accept-encoding', 'identity'];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = toHeaderName(raw[i]!);
    if (TO_UPSTREAM.has(name) || name.startsWith('mcp-param-')) headers.push(name, raw[i + 1]!);
  }
  if (upstreamSessionId !== undefined) headers.push('mcp-session-id', upstreamSessionId);
  for (const part of credential) headers.push(part);
  for (const part of tracing) headers.push(part);
  return headers;
}

/** What a request of the gateway's own takes over from the client's request that caused it, names and values in turn. */
export function toLanguageHeaders(raw: readonly string[]): string[] {
  const at = raw.findIndex((name, position) => position % 2 === 0 && name.toLowerCase() === 'accept-language');
  return at < 0 ? [] : ['accept-language', raw[at + 1]!];
}

/** A session knows only its own events: the last one of the session before it would be refused. */
export function withoutEventId(raw: readonly string[]): readonly string[] {
  const at = raw.findIndex((name, position) => position % 2 === 0 && name.toLowerCase() === 'last-event-id');
  return at < 0 ? raw : raw.toSpliced(at, 2);
}

/** Headers for the client, names and values in turn. */
export function toClientHeaders(headers: IncomingHttpHeaders): string[] {
  const kept: string[] = [];
  for (const name in headers) {
    const value = headers[name];
    if (typeof value === 'string' && TO_CLIENT.has(name)) kept.push(name, value);
  }
  return kept;
}
