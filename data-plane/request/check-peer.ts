// Trust boundary: which hosts the gateway answers for and which web pages may call it. Without it, a page that rebinds its
// own name to the gateway's address could talk to a gateway on the visitor's machine or network.
import type { IncomingMessage } from 'node:http';
import type { Rejection } from './rejection.ts';

/** What an operator allows, besides the gateway's own public host and origin. */
export interface PeerPolicySettings {
  readonly gatewayUrl: string;
  /** Further `Host` names without port; `*` allows any. */
  readonly allowedHosts: readonly string[];
  /** Further origins, for example `https://app.example.com`; `*` allows any. */
  readonly allowedOrigins: readonly string[];
}

/** Checks `Host` and `Origin` (MCP 2025-11-25, Transports, Security Warning). */
export class PeerPolicy {
  readonly #hosts: ReadonlySet<string>;
  readonly #origins: ReadonlySet<string>;
  readonly #allowsLoopbackOrigins: boolean;

  constructor(settings: PeerPolicySettings) {
    const own = new URL(settings.gatewayUrl);
    this.#hosts = new Set([own.hostname, ...LOOPBACK_HOSTS, ...settings.allowedHosts.map((host) => host.toLowerCase())]);
    this.#origins = new Set([own.origin, ...settings.allowedOrigins]);
    this.#allowsLoopbackOrigins = LOOPBACK_HOSTS.has(own.hostname);
  }

  /** Why the request is refused, or undefined. */
  findRefusal(req: IncomingMessage): Rejection | undefined {
    const hostRefusal = this.findHostRefusal(req);
    if (hostRefusal !== undefined) return hostRefusal;
    const origin = req.headers.origin;
    return origin === undefined || this.isOriginAllowed(origin) ? undefined : { reason: 'origin_not_allowed' };
  }

  /** As {@link findRefusal}, for what pages of any origin may read. */
  findHostRefusal(req: IncomingMessage): Rejection | undefined {
    const host = req.headers.host;
    return host === undefined || !this.#isHostAllowed(host) ? { reason: 'host_not_allowed' } : undefined;
  }

  /** A gateway on the local machine is there for the pages of the local machine, whatever port they have. */
  isOriginAllowed(origin: string): boolean {
    if (this.#origins.has(origin) || this.#origins.has('*')) return true;
    return this.#allowsLoopbackOrigins && URL.canParse(origin) && LOOPBACK_HOSTS.has(new URL(origin).hostname);
  }

  #isHostAllowed(host: string): boolean {
    if (this.#hosts.has('*')) return true;
    const portAt = host.lastIndexOf(':');
    const name = portAt > host.lastIndexOf(']') ? host.slice(0, portAt) : host;
    return this.#hosts.has(name) || this.#hosts.has(name.toLowerCase());
  }
}

const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);
