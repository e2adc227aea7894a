// Trust boundary: what strangers may read of the gateway before they are anybody. It depends on the path, the configuration and the
// issuer of the snapshot, and never on what exists behind a path.
import type { IdentityKeys } from '../identity/identity-keys.ts';
import { answerPreflight } from '../request/answer-preflight.ts';
import type { PeerPolicy } from '../request/check-peer.ts';
import type { Exchange } from '../request/exchange.ts';
import { findTargetNames } from '../request/target.ts';
import type { RoutingTable } from '../snapshot/routing-table.ts';
import { toAuthorizationServerMetadata } from './authorization-server-metadata.ts';
import { PROTECTED_RESOURCE_PATH, ProtectedResource } from './protected-resource.ts';

/** Where clients of MCP 2025-03-26 look for metadata and, where there is none, for the endpoints themselves (Authorization, sections 2.3.2 and 2.3.3). */
const METADATA_PATHS: ReadonlySet<string> = new Set(['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration']);
/** The keys of what upstreams are told about callers (RFC 7517 section 5). */
const IDENTITY_KEYS_PATH = '/.well-known/sluice-identity/jwks.json';

const ENDPOINT_PATHS: ReadonlySet<string> = new Set(['/authorize', '/token', '/register']);

/** How long anybody may keep the metadata, in seconds. */
const MAX_AGE_SECONDS = 60;

/** Answers for the paths of OAuth on the gateway's origin. */
export class WellKnown {
  /** Words the challenges that lead here. */
  readonly resource: ProtectedResource;
  readonly #peers: PeerPolicy;
  readonly #identityKeys: IdentityKeys;

  constructor(gatewayUrl: string, peers: PeerPolicy, identityKeys: IdentityKeys) {
    this.resource = new ProtectedResource(gatewayUrl);
    this.#peers = peers;
    this.#identityKeys = identityKeys;
  }

  /**
   * Answers a request for one of these paths; false for any other path. Pages of any origin may ask, as they may at the authorization
   * server itself; whether they may call the gateway is decided where they do.
   */
  answer(exchange: Exchange, table: RoutingTable | undefined): boolean {
    const [path, query] = splitQuery(exchange.req.url ?? '');
    if (!isOurs(path)) return false;
    this.#answer(exchange, table, path, query);
    return true;
  }

  #answer(exchange: Exchange, table: RoutingTable | undefined, path: string, query: string): void {
    const hostRefusal = this.#peers.findHostRefusal(exchange.req);
    if (hostRefusal !== undefined) return exchange.refuse(hostRefusal);
    if (exchange.req.method === 'OPTIONS') return answerPreflight(exchange);
    if (path === IDENTITY_KEYS_PATH) return this.#answerKeys(exchange);
    if (table === undefined) return exchange.refuse({ reason: 'not_ready' });
    const issuer = table.authorizationServer?.issuer;
    if (issuer === undefined) return exchange.refuse({ reason: 'path_unknown' });
    if (ENDPOINT_PATHS.has(path)) return redirect(exchange, `${issuer}${path}${query}`);
    const metadata = METADATA_PATHS.has(path) ? toAuthorizationServerMetadata(issuer) : this.#toResourceMetadata(path, issuer);
    if (metadata === undefined) return exchange.refuse({ reason: 'path_unknown' });
    if (exchange.req.method !== 'GET') return exchange.refuse({ reason: 'method_not_allowed' });
    sendJson(exchange, metadata);
  }

  /** By which upstreams check who calls. */
  #answerKeys(exchange: Exchange): void {
    if (exchange.req.method !== 'GET') return exchange.refuse({ reason: 'method_not_allowed' });
    sendJson(exchange, { keys: this.#identityKeys.publicKeys });
  }

  /** There is none for the origin itself: by prefix matching, one token would then be good for every server on it. */
  #toResourceMetadata(path: string, issuer: string): object | undefined {
    const names = findTargetNames(path.slice(PROTECTED_RESOURCE_PATH.length));
    return names === undefined ? undefined : this.resource.toMetadata(names, issuer);
  }
}

function isOurs(path: string): boolean {
  return (
    ENDPOINT_PATHS.has(path) ||
    METADATA_PATHS.has(path) ||
    path === IDENTITY_KEYS_PATH ||
    path === PROTECTED_RESOURCE_PATH ||
    path.startsWith(`${PROTECTED_RESOURCE_PATH}/`)
  );
}

/** The path, and the query with its question mark. */
function splitQuery(url: string): [path: string, query: string] {
  const at = url.indexOf('?');
  return at < 0 ? [url, ''] : [url.slice(0, at), url.slice(at)];
}

/** Method and body stay what they are (RFC 9110 section 15.4.8). */
function redirect(exchange: Exchange, location: string): void {
  const headers = ['location', location, 'content-length', '0', 'cache-control', 'no-store'];
  exchange.addCrossOriginHeaders(headers);
  exchange.req.resume();
  exchange.res.writeHead(307, headers).end();
}

function sendJson(exchange: Exchange, metadata: object): void {
  const body = Buffer.from(JSON.stringify(metadata));
  const headers = [
    'content-type',
    'application/json',
    'content-length',
    String(body.length),
    'cache-control',
    `max-age=${MAX_AGE_SECONDS}`,
  ];
  exchange.addCrossOriginHeaders(headers);
  exchange.responseBytes = body.length;
  exchange.res.writeHead(200, headers).end(body);
}
