import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Logger } from '../foundation/logger.ts';
import { createServer } from '../foundation/node-http.ts';
import { drainServer } from './drain-server.ts';
import type { Gateway } from './gateway.ts';
import { handleRequest } from './handle-request.ts';
import { GatewayRequest } from './request/request-headers.ts';
import { answerHealth, answerReadiness, type ReadinessReport } from './request/answer-probe.ts';
import type { StreamHeartbeat } from './upstream/stream-heartbeat.ts';

/** What the listener needs beside the gateway itself. */
export interface GatewayServerOptions {
  readonly gateway: Gateway;
  readonly heartbeat: StreamHeartbeat;
  readonly readiness: () => ReadinessReport;
  readonly logger: Logger;
}

/** How long a client may take to send its request head, in milliseconds. */
const HEAD_TIMEOUT_MS = 15_000;

/** How long a client may take to send its request whole, in milliseconds. Answers may take as long as they like. */
const REQUEST_TIMEOUT_MS = 60_000;

/** How long an idle connection is kept, in milliseconds: longer than load balancers keep theirs (60 s is common), so that they close first. */
const KEEP_ALIVE_TIMEOUT_MS = 75_000;

/** Largest request head, in bytes: sealed session ids and tracing headers fit, floods do not. */
const MAX_HEAD_BYTES = 32 * 1024;

/** The public listener of a data-plane process. */
export class GatewayServer {
  readonly #options: GatewayServerOptions;
  readonly #server: Server;
  #isLeaving = false;

  constructor(options: GatewayServerOptions) {
    this.#options = options;
    this.#server = createServer(
      {
        headersTimeout: HEAD_TIMEOUT_MS,
        requestTimeout: REQUEST_TIMEOUT_MS,
        keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
        maxHeaderSize: MAX_HEAD_BYTES,
        noDelay: true,
        IncomingMessage: GatewayRequest,
      },
      (req, res) => this.#onRequest(req, res),
    );
  }

  /** Starts to listen and returns the port, which the operating system chose if 0 was asked for. */
  listen(host: string, port: number): Promise<number> {
    return listen(this.#server, host, port);
  }

  /** Serves a request that another process of the gateway received. */
  serveRelayed(req: IncomingMessage, res: ServerResponse): void {
    this.#serve(req, res, true);
  }

  /** From now on each answer closes its connection, so that clients and balancers that keep theirs go elsewhere with the next request. */
  leave(): void {
    this.#isLeaving = true;
  }

  /**
   * Takes no new connection, ends streams on which nobody waits for an answer, and lets calls under way finish.
   * What still runs at the deadline is cut.
   */
  async drain(deadlineMs: number): Promise<void> {
    this.#options.heartbeat.endStandalone();
    await drainServer(this.#server, deadlineMs);
  }

  #onRequest(req: IncomingMessage, res: ServerResponse): void {
    if (this.#isLeaving) res.shouldKeepAlive = false;
    if (req.url === '/healthz') return answerHealth(res);
    if (req.url === '/readyz') return answerReadiness(res, this.#options.readiness());
    this.#serve(req, res, false);
  }

  #serve(req: IncomingMessage, res: ServerResponse, isRelayed: boolean): void {
    handleRequest(this.#options.gateway, req, res, isRelayed).catch((cause: unknown) => this.#onBug(cause, res));
  }

  /** Only bugs arrive here. The client learns an id; everything else stays in the log. */
  #onBug(cause: unknown, res: ServerResponse): void {
    const errorId = randomUUID();
    this.#options.logger.error({ event: 'bug', errorId, err: cause });
    if (res.headersSent) return void res.destroy();
    const body = JSON.stringify({
      jsonrpc: '2.0',
      error: { code: -32603, message: `Internal error ${errorId}.`, data: { errorId } },
      id: null,
    });
    res.writeHead(500, { 'content-type': 'application/json' });
    res.end(body);
  }
}

/** Starts to listen and resolves with the port; rejects where the address is not to be had. */
export function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
