import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import type { Exchange } from '../request/exchange.ts';
import type { RelayOutcome } from './peer-relay.ts';

/** The connection's own business (RFC 9110 section 7.6.1). */
const HOP_BY_HOP: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'transfer-encoding', 'te', 'trailer', 'upgrade', 'expect']);

/** Nobody listens there: the process has ended, whatever its last report says, and has not seen the request. */
const GONE = 'ECONNREFUSED';

/** The request has not arrived there, but the process may live. */
const UNREACHED: ReadonlySet<string> = new Set(['UND_ERR_CONNECT_TIMEOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT']);

/** The process may have ended in the middle of the request, so nobody else may serve it a second time. */
const LOST: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'UND_ERR_DESTROYED']);

class ClientGoneError extends Error {
  override readonly name = 'ClientGoneError';
}

/** Streams the answer of another process to the client, byte for byte. */
export class RelayedAnswer implements Dispatcher.DispatchHandler {
  readonly #exchange: Exchange;
  readonly #onOutcome: (outcome: RelayOutcome) => void;
  readonly #canReplace: boolean;
  #controller: Dispatcher.DispatchController | undefined;
  #isOver = false;

  /** @param canReplace whether another process may serve a request that did not arrive, though its own may live. */
  constructor(exchange: Exchange, onOutcome: (outcome: RelayOutcome) => void, canReplace: boolean) {
    this.#exchange = exchange;
    this.#onOutcome = onOutcome;
    this.#canReplace = canReplace;
    exchange.res.on('close', () => this.#onClientClose());
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    this.#exchange.isHandedOver = true;
    if (this.#exchange.res.destroyed) controller.abort(new ClientGoneError());
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200) return;
    const { res } = this.#exchange;
    this.#exchange.outcome = 'relayed';
    res.writeHead(status, toRelayedHeaders(headers));
    res.flushHeaders();
    this.#onOutcome('relayed');
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    const { res } = this.#exchange;
    this.#exchange.responseBytes += chunk.length;
    if (res.write(chunk)) return;
    controller.pause();
    res.once('drain', () => controller.resume());
  }

  onResponseEnd(): void {
    this.#isOver = true;
    this.#exchange.res.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#exchange.isHandedOver = false; // whoever had it cannot report it any longer
    const { res } = this.#exchange;
    if (res.headersSent) {
      this.#exchange.outcome = 'upstream_failed';
      return void res.destroy();
    }
    const code = findCode(error);
    if (code === GONE || (this.#canReplace && UNREACHED.has(code))) return this.#onOutcome('gone');
    this.#exchange.refuse({ reason: LOST.has(code) ? 'upstream_connection_lost' : 'home_unreachable' });
    this.#onOutcome('relayed');
  }

  /** Ends the answer now, so that the client connects to another process. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#controller?.abort(new ClientGoneError());
    this.#exchange.res.end();
  }

  #onClientClose(): void {
    if (this.#isOver || this.#exchange.res.writableFinished) return;
    this.#isOver = true;
    this.#exchange.outcome = 'client_gone';
    this.#controller?.abort(new ClientGoneError());
    this.#onOutcome('relayed');
  }
}

/** What the sender says in its own words. */
const TRACE: ReadonlySet<string> = new Set(['traceparent', 'tracestate', 'baggage']);

/** Headers that pass between two processes, names and values in turn. */
export function toPeerHeaders(raw: readonly string[], withheld: string): string[] {
  const headers: string[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i]!.toLowerCase();
    if (!HOP_BY_HOP.has(name) && !TRACE.has(name) && name !== 'content-length' && name !== withheld) headers.push(name, raw[i + 1]!);
  }
  return headers;
}

function toRelayedHeaders(headers: IncomingHttpHeaders): string[] {
  return Object.entries(headers).flatMap(([name, value]) => {
    if (value === undefined || HOP_BY_HOP.has(name)) return [];
    return [value].flat().flatMap((single) => [name, single]);
  });
}

function findCode(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}
