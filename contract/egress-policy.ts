// Trust boundary: which addresses the gateway may connect to on behalf of a registered URL. URLs come from users, and names
// resolve to whatever their owner wants, so the address is checked after DNS, at connect time, on every connection.
// Pure: it resolves nothing itself.
import { BlockList, isIP } from 'node:net';
import { ConfigError } from '../foundation/read-config.ts';
import { err, ok, type Result } from '../foundation/result.ts';

/** Why a URL or an address is refused. */
export type EgressRefusal =
  /** Not an absolute URL. */
  | { readonly reason: 'not_a_url' }
  /** Neither http nor https. */
  | { readonly reason: 'scheme_not_allowed'; readonly scheme: string }
  /** User name or password in the URL. */
  | { readonly reason: 'credentials_in_url' }
  /** A private, loopback, link-local, metadata or reserved address that the operator has not allowed. */
  | { readonly reason: 'address_not_allowed'; readonly host: string };

/** The longest upstream URL, in characters. */
export const MAX_URL_LENGTH = 2_048;

/** Address ranges that are not the public internet (IANA special-purpose registries, RFC 6890). */
const SPECIAL_RANGES = [
  '0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24',
  '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4',
  '::/96', '64:ff9b::/96', '64:ff9b:1::/48', '100::/64', '2001:db8::/32', '2002::/16', 'fc00::/7', 'fe80::/10', 'fec0::/10', 'ff00::/8',
]; // prettier-ignore

/** Words of `SLUICE_EGRESS_ALLOW`. Link-local is in none of them: cloud metadata services live there, and must be named by address. */
const NAMED_RANGES: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'],
};

const HOST_PATTERN = /^(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/;
const special = toBlockList(SPECIAL_RANGES);

/** What the operator allows beyond the public internet. */
export class EgressPolicy {
  readonly #hosts: ReadonlySet<string>;
  readonly #suffixes: readonly string[];
  readonly #ranges: BlockList;

  private constructor(hosts: ReadonlySet<string>, suffixes: readonly string[], ranges: BlockList) {
    this.#hosts = hosts;
    this.#suffixes = suffixes;
    this.#ranges = ranges;
  }

  /**
   * Reads a comma-separated list of host names (`mcp.internal`, `*.corp.example`), addresses, CIDR ranges, and the words `loopback` and `private`.
   * @throws {ConfigError} naming the entry that is none of these.
   */
  static parse(text: string): EgressPolicy {
    const hosts = new Set<string>();
    const suffixes: string[] = [];
    const ranges: string[] = [];
    for (const entry of text.split(',').map((part) => part.trim().toLowerCase())) {
      if (entry === '') continue;
      const named = NAMED_RANGES[entry];
      if (named !== undefined) ranges.push(...named);
      else if (isRange(entry)) ranges.push(entry.includes('/') ? entry : `${entry}/${isIP(entry) === 4 ? 32 : 128}`);
      else if (!HOST_PATTERN.test(entry))
        throw new ConfigError(`SLUICE_EGRESS_ALLOW: "${entry}" is not a host name, an address, a CIDR range, loopback or private`);
      else if (entry.startsWith('*.')) suffixes.push(entry.slice(1));
      else hosts.add(entry);
    }
    return new EgressPolicy(hosts, suffixes, toBlockList(ranges));
  }

  /** What can be said of a URL before DNS: its form, and its host where that is an address or a name for the local machine. */
  checkUrl(text: string): Result<URL, EgressRefusal> {
    if (text.length > MAX_URL_LENGTH || !URL.canParse(text)) return err({ reason: 'not_a_url' });
    const url = new URL(text);
    if (url.protocol !== 'https:' && url.protocol !== 'http:')
      return err({ reason: 'scheme_not_allowed', scheme: url.protocol.slice(0, -1) });
    if (url.username !== '' || url.password !== '') return err({ reason: 'credentials_in_url' });
    const host = unbracket(url.hostname);
    const address = isIP(host) !== 0 ? host : isLocalName(host) ? '127.0.0.1' : undefined;
    if (address !== undefined && !this.isAllowed(host, address)) return err({ reason: 'address_not_allowed', host });
    return ok(url);
  }

  /** Whether a connection to this address may be opened for this host. Called after DNS, with the very address that is connected to. */
  isAllowed(host: string, address: string): boolean {
    const name = unbracket(host).toLowerCase().replace(/\.$/, '');
    if (this.#hosts.has(name) || this.#suffixes.some((suffix) => name.endsWith(suffix))) return true;
    const plain = unmap(address);
    const family = isIP(plain) === 6 ? 'ipv6' : 'ipv4';
    if (isIP(plain) === 0) return false;
    return !special.check(plain, family) || this.#ranges.check(plain, family);
  }
}

function toBlockList(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = '', bits = ''] = range.split('/');
    list.addSubnet(network, Number(bits), isIP(network) === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}

function isRange(entry: string): boolean {
  const [network = '', bits, rest] = entry.split('/');
  const family = isIP(network);
  if (family === 0 || rest !== undefined) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

function unbracket(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
}

function isLocalName(host: string): boolean {
  const name = host.replace(/\.$/, '');
  return name === 'localhost' || name.endsWith('.localhost');
}

/** An IPv4-mapped IPv6 address (RFC 4291 section 2.5.5.2) reaches the IPv4 host, so it is judged as that. */
function unmap(address: string): string {
  const dotted = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (dotted !== undefined) return dotted;
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(address) ?? [];
  if (high === undefined || low === undefined) return address;
  const bits = Number.parseInt(high, 16) * 65_536 + Number.parseInt(low, 16);
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.');
}
