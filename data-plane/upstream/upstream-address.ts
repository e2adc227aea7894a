import type { ServerDocument } from '../../contract/snapshot.ts';

/** Where an upstream is, in the two parts that a request needs, and how patient its server's settings are. */
export interface UpstreamAddress {
  readonly origin: string;
  readonly path: string;
  /** How long the head of an answer may take, in milliseconds; absent: as the process is configured. */
  readonly headTimeoutMs?: number | undefined;
  /** How often a request is sent again that did not reach the upstream; absent: never. */
  readonly connectRetries?: number | undefined;
}

const addresses = new WeakMap<ServerDocument, UpstreamAddress>();

/** The address of a server's upstream. Parsed once for each content of the server's document. */
export function findUpstreamAddress(server: ServerDocument): UpstreamAddress {
  const known = addresses.get(server);
  if (known !== undefined) return known;
  const url = new URL(server.upstreamUrl);
  const patience = { headTimeoutMs: server.upstreamTimeoutMs, connectRetries: server.connectRetries };
  const address = { origin: url.origin, path: url.pathname + url.search, ...patience };
  addresses.set(server, address);
  return address;
}
