import type { IncomingHttpHeaders } from 'node:http';
import { IncomingMessage } from '../../foundation/node-http.ts';

/** What nearly every request has, or is asked for. An object with the same fields for all of them is quick to fill and to read. */
class RequestHeaders {
  [name: string]: string | undefined;
  host: string | undefined = undefined;
  connection: string | undefined = undefined;
  accept: string | undefined = undefined;
  'accept-encoding': string | undefined = undefined;
  'accept-language': string | undefined = undefined;
  authorization: string | undefined = undefined;
  baggage: string | undefined = undefined;
  'content-length': string | undefined = undefined;
  'content-type': string | undefined = undefined;
  'mcp-method': string | undefined = undefined;
  'mcp-name': string | undefined = undefined;
  'mcp-protocol-version': string | undefined = undefined;
  'mcp-session-id': string | undefined = undefined;
  origin: string | undefined = undefined;
  traceparent: string | undefined = undefined;
  'user-agent': string | undefined = undefined;
  'x-sluice-api-key': string | undefined = undefined;
}

/** Names as they came lately, in lower case: there are few, and strangers can invent some. */
const names = new Map<string, string>();
const MAX_NAMES = 1_000;
const MAX_NAME_LENGTH = 64;
for (const name of Object.keys(new RequestHeaders()))
  names.set(name, name).set(
    name.replaceAll(/(^|-)[a-z]/g, (initial) => initial.toUpperCase()),
    name,
  );

/** The name of a header in lower case. */
export function toHeaderName(raw: string): string {
  const known = names.get(raw);
  if (known !== undefined) return known;
  const name = raw.toLowerCase();
  if (names.size < MAX_NAMES && raw.length <= MAX_NAME_LENGTH) names.set(raw, name);
  return name;
}

/**
 * A request whose `headers` are made in one pass over the raw ones when they are first asked for, which is by Node itself. Node's own way,
 * which looks each name up among all that HTTP knows, takes several times as long. Where a header comes twice, Node decides as ever which
 * of them counts.
 */
export class GatewayRequest extends IncomingMessage {
  #headers: IncomingHttpHeaders | undefined;

  static {
    // To the type checker `headers` is a field, which an accessor must not override; to Node it is an accessor.
    Object.defineProperty(this.prototype, 'headers', {
      get(this: GatewayRequest): IncomingHttpHeaders {
        return (this.#headers ??= readHeaders(this.rawHeaders) ?? Reflect.get(IncomingMessage.prototype, 'headers', this));
      },
    });
  }
}

function readHeaders(rawHeaders: readonly string[]): RequestHeaders | undefined {
  const headers = new RequestHeaders();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = toHeaderName(rawHeaders[i]!);
    if (headers[name] !== undefined) return undefined; // what every object inherits counts as well
    headers[name] = rawHeaders[i + 1]!;
  }
  return headers;
}
