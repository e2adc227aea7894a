import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from '../../foundation/node-http.ts';
import { drainServer } from '../drain-server.ts';
import { GatewayRequest } from '../request/request-headers.ts';
import { PEER_HEADER } from './http-peer-relay.ts';
import type { PeerTokens } from './peer-tokens.ts';

/** What the listener needs. */
export interface PeerListenerOptions {
  /** The id of this process, which every token must be made for. */
  readonly ownId: string;
  readonly tokens: PeerTokens;
  /** Serves an authentic request. */
  readonly serve: (req: IncomingMessage, res: ServerResponse) => void;
}

/** Largest request head, in bytes: that of the public listener, and a token. */
const MAX_HEAD_BYTES = 33 * 1024;

/** Takes requests of other processes of this gateway, for sessions and calls that this process keeps. */
export class PeerListener {
  readonly #server: Server;

  constructor({ ownId, serve, tokens }: PeerListenerOptions) {
    const limits = { maxHeaderSize: MAX_HEAD_BYTES, requestTimeout: 60_000 };
    this.#server = createServer({ ...limits, noDelay: true, IncomingMessage: GatewayRequest }, (req, res) => {
      const token = req.headers[PEER_HEADER];
      const request = { to: ownId, method: req.method ?? '', url: req.url ?? '' };
      if (typeof token === 'string' && tokens.isValid(token, request, Date.now())) serve(req, res);
      else res.writeHead(403, { connection: 'close' }).end();
    });
  }

  /**
   * Listens on a port of the system's choice and resolves with the URL for other processes. `exclusive`: the workers of one replica would
   * otherwise share the port, and requests would reach any of them.
   */
  listen(host: string): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host, port: 0, exclusive: true }, () => {
        const address = this.#server.address();
        const port = typeof address === 'object' && address !== null ? address.port : 0;
        resolve(`http://${host.includes(':') ? `[${host}]` : host}:${port}`);
      });
    });
  }

  /** Lets what is served for other processes finish, until the deadline, in milliseconds from now. */
  drain(deadlineMs: number): Promise<void> {
    return drainServer(this.#server, deadlineMs);
  }
}
