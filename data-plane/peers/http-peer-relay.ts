import { Agent } from 'undici';
import { startHop } from '../telemetry/tracing.ts';
import type { AdmittedCall } from '../upstream/forwarder.ts';
import { chooseOwner, type LivingPeers } from './living-peers.ts';
import type { PeerDirectory } from './peer-directory.ts';
import type { PeerRelay, RelayOutcome } from './peer-relay.ts';
import { RelayedAnswer, toPeerHeaders } from './relayed-answer.ts';
import type { PeerTokens } from './peer-tokens.ts';

/** Carries the token between processes. */
export const PEER_HEADER = 'x-sluice-peer';

/** What relaying needs of the process. */
export interface HttpPeerRelayOptions {
  readonly ownId: string;
  readonly tokens: PeerTokens;
  readonly directory: PeerDirectory;
  readonly living: LivingPeers;
}

/** How long connecting to another process may take, in milliseconds. */
const CONNECT_TIMEOUT_MS = 2_000;

/** Relays requests over HTTP to the peer listener of the process that they belong to. */
export class HttpPeerRelay implements PeerRelay {
  readonly ownId: string;
  readonly #options: HttpPeerRelayOptions;
  readonly #agent = new Agent({ connect: { timeout: CONNECT_TIMEOUT_MS }, headersTimeout: 0, bodyTimeout: 0, allowH2: false });

  /** The streams on which nobody waits for an answer. */
  readonly #standalone = new Set<RelayedAnswer>();

  constructor(options: HttpPeerRelayOptions) {
    this.ownId = options.ownId;
    this.#options = options;
  }

  async relay(call: AdmittedCall, home: string): Promise<RelayOutcome> {
    const { exchange } = call;
    if (exchange.isRelayed) return 'gone';
    const address = await this.#options.directory.findAddress(home, Date.now());
    if (address.kind === 'gone') return 'gone';
    if (address.kind === 'unknown') {
      exchange.refuse({ reason: 'home_unreachable' });
      return 'relayed';
    }
    return this.#send(call, home, address.url);
  }

  async relayToOwner(call: AdmittedCall, key: string): Promise<RelayOutcome> {
    if (call.exchange.isRelayed) return 'gone';
    const living = await this.#options.living.list(Date.now());
    const owner = living.length < 2 ? this.ownId : chooseOwner(key, [...new Set([this.ownId, ...living])]);
    if (owner === undefined || owner === this.ownId) return 'gone';
    const address = await this.#options.directory.findAddress(owner, Date.now());
    return address.kind === 'found' ? this.#send(call, owner, address.url, true) : 'gone';
  }

  /** For a process that is about to stop. */
  endStandalone(): void {
    for (const answer of this.#standalone) answer.end();
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }

  /** @param canReplace whether another process may serve a request that did not arrive. */
  #send({ body, exchange, received }: AdmittedCall, home: string, origin: string, canReplace = false): Promise<RelayOutcome> {
    const { method = '', rawHeaders, url = '' } = exchange.req;
    const token = this.#options.tokens.make({ to: home, method, url }, Date.now());
    return new Promise((resolve) => {
      const hop = startHop(exchange, { origin, isPeer: true });
      const answer = new RelayedAnswer(exchange, resolve, canReplace);
      if (method === 'GET' || exchange.message?.method === 'subscriptions/listen') {
        this.#standalone.add(answer);
        exchange.res.once('close', () => this.#standalone.delete(answer));
      }
      const headers = [...toPeerHeaders(rawHeaders, PEER_HEADER), ...hop.headers, PEER_HEADER, token];
      this.#agent.dispatch({ origin, path: url, method, headers, body: received ?? body ?? null }, answer);
    });
  }
}
