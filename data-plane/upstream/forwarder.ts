import type { ServerDocument } from '../../contract/snapshot.ts';
import type { PresentedSession, SessionIds } from '../mcp/session-id.ts';
import type { Caller } from '../request/authenticate.ts';
import type { Exchange } from '../request/exchange.ts';
import type { Target } from '../request/target.ts';
import type { CredentialHeaders } from './credentials.ts';
import { ResponseRelay } from './response-relay.ts';
import type { StreamHeartbeat } from './stream-heartbeat.ts';
import { toUpstreamHeaders } from './upstream-headers.ts';
import type { UpstreamPools } from './upstream-pools.ts';

/** A request that passed every check. */
export interface AdmittedCall {
  readonly exchange: Exchange;
  readonly target: Target;
  readonly caller: Caller;
  /** The bytes of a POST, exactly as they came. */
  readonly body: Buffer | undefined;
  readonly session: PresentedSession | undefined;
  readonly credential: CredentialHeaders;
}

/** What forwarding needs of the process. */
export interface ForwarderOptions {
  readonly pools: UpstreamPools;
  readonly sessions: SessionIds;
  readonly heartbeat: StreamHeartbeat;
  /** How long an upstream may take until its head arrives, in milliseconds. Not applied to GET: some servers send the head with the first event. */
  readonly headTimeoutMs: number;
  /** How many streams a process carries at once. */
  readonly maxStreams: number;
}

interface UpstreamAddress {
  readonly origin: string;
  readonly path: string;
}

/** Sends admitted calls upstream and relays what comes back. */
export class Forwarder {
  readonly options: ForwarderOptions;
  readonly #addresses = new WeakMap<ServerDocument, UpstreamAddress>();

  constructor(options: ForwarderOptions) {
    this.options = options;
  }

  /** Starts the call and returns; the relay answers the client. */
  forward(call: AdmittedCall): void {
    const { exchange } = call;
    if (exchange.req.method === 'GET' && this.options.heartbeat.size >= this.options.maxStreams) {
      return exchange.refuse({ reason: 'too_many_streams' });
    }
    const address = this.#findAddress(call.target.server);
    this.dispatch(new ResponseRelay(this, call, address.origin), address.path);
  }

  /** Sends a call to a path of its upstream: first the registered one, then where the upstream redirected to. */
  dispatch(relay: ResponseRelay, path: string): void {
    const { exchange, body, session, credential } = relay.call;
    const isGet = exchange.req.method === 'GET';
    const pool = this.options.pools.open(relay.origin, isGet ? 'stream' : 'call', exchange.startedAtMs);
    pool.dispatch(
      {
        path,
        method: exchange.req.method!,
        headers: toUpstreamHeaders(
          exchange.req.rawHeaders,
          session?.kind === 'pass-through' ? session.upstreamSessionId : undefined,
          credential,
        ),
        body: body ?? null,
        headersTimeout: isGet ? 0 : this.options.headTimeoutMs,
        bodyTimeout: 0,
      },
      relay,
    );
  }

  #findAddress(server: ServerDocument): UpstreamAddress {
    const known = this.#addresses.get(server);
    if (known !== undefined) return known;
    const url = new URL(server.upstreamUrl);
    const address = { origin: url.origin, path: url.pathname + url.search };
    this.#addresses.set(server, address);
    return address;
  }
}
