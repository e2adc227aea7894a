import { IncomingMessage } from 'node:http';

/** What the library is to see instead of what came. */
export interface ShapedTarget {
  readonly issuer: string;
  readonly url: string;
  /** Where the request comes from; see `clientAddressOf`. */
  readonly address: string;
  readonly body?: Buffer;
  readonly type?: string;
}

/** Carries the address that the listener found to the hooks of the library, which get nothing but the request. */
const ADDRESS_HEADER = 'x-sluice-client-address';

/**
 * A request of its own for the library, because the one that came is read already. The library builds the addresses that it names in its
 * answers from these headers.
 */
export function toProviderRequest(req: IncomingMessage, { issuer, url, address, body, type }: ShapedTarget): IncomingMessage {
  const { host, protocol, pathname } = new URL(issuer);
  const shaped = new IncomingMessage(req.socket);
  shaped.httpVersion = req.httpVersion;
  shaped.method = req.method;
  shaped.url = url;
  const { 'transfer-encoding': _framing, 'content-length': _length, ...headers } = req.headers;
  shaped.headers = {
    ...headers,
    host,
    'x-forwarded-host': host,
    'x-forwarded-proto': protocol.slice(0, -1),
    [ADDRESS_HEADER]: address,
    ...(body !== undefined && { 'content-length': String(body.length) }),
    ...(type !== undefined && { 'content-type': type }),
  };
  Object.assign(shaped, { originalUrl: pathname.replace(/\/+$/, '') + url });
  if (body !== undefined) shaped.push(body);
  shaped.push(null);
  shaped.complete = true; // else the end of this request would end the connection
  return shaped;
}

/** The address that a request came from; see {@link toProviderRequest}. The library has no request at hand while a page looks up a client. */
export function clientAddressOf(ctx: { get(name: string): string } | undefined): string {
  return ctx?.get(ADDRESS_HEADER) ?? 'page';
}
