import type { ServerDocument } from '../../contract/snapshot.ts';

/** Where an upstream is, in the two parts that a request needs. */
export interface UpstreamAddress {
  readonly origin: string;
  readonly path: string;
}

const addresses = new WeakMap<ServerDocument, UpstreamAddress>();

/** The address of a server's upstream. Parsed once for each content of the server's document. */
export function findUpstreamAddress(server: ServerDocument): UpstreamAddress {
  const known = addresses.get(server);
  if (known !== undefined) return known;
  const url = new URL(server.upstreamUrl);
  const address = { origin: url.origin, path: url.pathname + url.search };
  addresses.set(server, address);
  return address;
}
