import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { SseParser, type SseEvent } from '../mcp/sse-parser.ts';
import type { Rejection } from '../request/rejection.ts';
import { toUpstreamRejection } from '../upstream/upstream-failure.ts';
import type { UpstreamPools } from '../upstream/upstream-pools.ts';

/** The largest answer or event that is read whole, in bytes. */
export const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

/** How many redirects within its own origin an upstream may answer with. */
const MAX_REDIRECTS = 3;

/** A request of the gateway's own to an upstream. */
export interface FetchRequest {
  readonly url: URL;
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly headers: readonly string[];
  readonly body?: string;
  /** How long until the head has to be there, in milliseconds; 0 for as long as it takes. */
  readonly headTimeoutMs: number;
}

/** An answer that is not a stream, whole. */
export interface FetchAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Told once each, in the order `onAnswer`, or `onStream`, `onEvent`…, `onStreamEnd`; or `onFault` alone before there was a head. */
export interface FetchListener {
  onAnswer(answer: FetchAnswer): void;
  onStream(headers: IncomingHttpHeaders): void;
  onEvent(event: SseEvent): void;
  onRetry?(retryMs: number): void;
  /** The stream is over, in an orderly way or not. */
  onStreamEnd(lastEventId: string, failure: Rejection | undefined): void;
  onFault(rejection: Rejection): void;
}

class AbandonedError extends Error {
  override readonly name = 'AbandonedError';
}

/** Sends one request and reads its answer: a stream event by event, anything else whole. Both bounded. */
export class UpstreamFetch implements Dispatcher.DispatchHandler {
  readonly #pools: UpstreamPools;
  readonly #request: FetchRequest;
  readonly #listener: FetchListener;
  #url: URL;
  #controller: Dispatcher.DispatchController | undefined;
  #redirects = 0;
  #redirectUrl: URL | undefined;
  #status = 0;
  #headers: IncomingHttpHeaders = {};
  #chunks: Buffer[] = [];
  #bytes = 0;
  #parser: SseParser | undefined;
  #isOver = false;

  constructor(pools: UpstreamPools, request: FetchRequest, listener: FetchListener) {
    this.#pools = pools;
    this.#request = request;
    this.#listener = listener;
    this.#url = request.url;
    this.#dispatch();
  }

  /** Ends the request. The listener hears nothing more. */
  abort(): void {
    this.#isOver = true;
    this.#controller?.abort(new AbandonedError());
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isOver) controller.abort(new AbandonedError());
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200 || this.#isOver) return;
    this.#redirectUrl = this.#findRedirect(status, headers);
    if (this.#redirectUrl !== undefined) return;
    this.#status = status;
    this.#headers = headers;
    if (status !== 200 || !/^text\/event-stream\s*(;|$)/i.test(String(headers['content-type']))) return;
    const { onEvent, onRetry } = this.#listener;
    this.#parser = new SseParser(
      {
        onEvent: (event) => {
          if (!this.#isOver) onEvent.call(this.#listener, event);
        },
        onRetry: (retryMs) => onRetry?.call(this.#listener, retryMs),
      },
      MAX_MESSAGE_BYTES,
    );
    this.#listener.onStream(headers);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#isOver || this.#redirectUrl !== undefined) return;
    if (this.#parser !== undefined) {
      if (!this.#parser.push(chunk)) this.#fail({ reason: 'upstream_answer_invalid', fault: 'event too large' });
      return;
    }
    this.#bytes += chunk.length;
    if (this.#bytes > MAX_MESSAGE_BYTES) return this.#fail({ reason: 'upstream_answer_invalid', fault: 'answer too large' });
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    if (this.#isOver) return;
    if (this.#redirectUrl !== undefined) return this.#follow(this.#redirectUrl);
    this.#isOver = true;
    if (this.#parser !== undefined) return this.#listener.onStreamEnd(this.#parser.lastEventId, undefined);
    this.#listener.onAnswer({ status: this.#status, headers: this.#headers, body: Buffer.concat(this.#chunks) });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (!this.#isOver) this.#fail(toUpstreamRejection(error));
  }

  #dispatch(): void {
    const { method, headers, body, headTimeoutMs } = this.#request;
    const pool = this.#pools.open(this.#url.origin, method === 'GET' ? 'stream' : 'call', Date.now());
    const path = this.#url.pathname + this.#url.search;
    pool.dispatch({ path, method, headers: [...headers], body: body ?? null, headersTimeout: headTimeoutMs, bodyTimeout: 0 }, this);
  }

  #findRedirect(status: number, headers: IncomingHttpHeaders): URL | undefined {
    const { location } = headers;
    if ((status !== 307 && status !== 308) || typeof location !== 'string' || this.#redirects >= MAX_REDIRECTS) return undefined;
    const url = URL.parse(location, this.#url.href);
    // The credential must not follow a redirect to somebody else.
    return url?.origin === this.#url.origin ? url : undefined;
  }

  #follow(url: URL): void {
    this.#redirects++;
    this.#redirectUrl = undefined;
    this.#url = url;
    this.#dispatch();
  }

  #fail(rejection: Rejection): void {
    this.#isOver = true;
    if (this.#parser === undefined) this.#listener.onFault(rejection);
    else this.#listener.onStreamEnd(this.#parser.lastEventId, rejection);
    this.#controller?.abort(new AbandonedError());
  }
}
