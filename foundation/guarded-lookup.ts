import { lookup, type LookupAddress, type LookupOptions } from 'node:dns';

/** Whether a connection to an address may be opened on behalf of a host name. */
export type AddressRule = (host: string, address: string) => boolean;

/** Every address of the host is refused by the rule. */
export class AddressRefusedError extends Error {
  override readonly name = 'AddressRefusedError';
  readonly code = 'ADDRESS_REFUSED';

  constructor(host: string) {
    super(`the address of ${host} is refused`);
  }
}

type LookupCallback = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/**
 * A replacement for `dns.lookup` that gives out allowed addresses only. Handed to `net.connect`, it checks the very address that is
 * connected to, so a name cannot be pointed elsewhere between the check and the connection (DNS rebinding). Node does not look up
 * what is an address already: the caller has to check those itself.
 */
export function makeGuardedLookup(isAllowed: AddressRule): (host: string, options: LookupOptions, callback: LookupCallback) => void {
  return (host, options, callback) => {
    lookup(host, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, []);
      const allowed = addresses.filter(({ address }) => isAllowed(host, address));
      const [first] = allowed;
      if (first === undefined) return callback(new AddressRefusedError(host), []);
      return options.all === true ? callback(null, allowed) : callback(null, first.address, first.family);
    });
  };
}
