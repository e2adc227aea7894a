import { Agent } from 'undici';
import type { AdmittedCall } from '../upstream/forwarder.ts';
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

  /** For a process that is about to stop. */
  endStandalone(): void {
    for (const answer of this.#standalone) answer.end();
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }

  #send({ body, exchange, received }: AdmittedCall, home: string, origin: string): Promise<RelayOutcome> {
    const { method = '', rawHeaders, url = '' } = exchange.req;
    const token = this.#options.tokens.make({ to: home, method, url }, Date.now());
    return new Promise((resolve) => {
      const answer = new RelayedAnswer(exchange, resolve);
      if (method === 'GET') {
        this.#standalone.add(answer);
        exchange.res.once('close', () => this.#standalone.delete(answer));
      }
      const headers = [...toPeerHeaders(rawHeaders, PEER_HEADER), PEER_HEADER, token];
      this.#agent.dispatch({ origin, path: url, method, headers, body: received ?? body ?? null }, answer);
    });
  }
}
