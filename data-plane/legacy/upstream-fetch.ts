import type { IncomingHttpHeaders } from 'node:http';
import { SseParser, type SseEvent } from '../mcp/sse-parser.ts';
import type { Rejection } from '../request/rejection.ts';
import type { UpstreamCredential } from '../upstream/credential.ts';
import { isEventStream } from '../upstream/event-stream.ts';
import type { UpstreamAddress } from '../upstream/upstream-address.ts';
import type { UpstreamPools } from '../upstream/upstream-pools.ts';
import { UpstreamRequest, type UpstreamListener } from '../upstream/upstream-request.ts';

/** The largest answer or event that is read whole, in bytes. */
export const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

/** A request of the gateway's own to an upstream. */
export interface FetchRequest {
  /** With the patience of its server's settings. */
  readonly address: UpstreamAddress;
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly headers: readonly string[];
  readonly credential: UpstreamCredential;
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

/** Sends one request and reads its answer: a stream event by event, anything else whole. Both bounded. */
export class UpstreamFetch implements UpstreamListener {
  readonly #listener: FetchListener;
  readonly #request: UpstreamRequest;
  #status = 0;
  #headers: IncomingHttpHeaders = {};
  #chunks: Buffer[] = [];
  #bytes = 0;
  #parser: SseParser | undefined;
  #isOver = false;

  /** Sends the request at once. */
  constructor(pools: UpstreamPools, request: FetchRequest, listener: FetchListener) {
    const { address, method, headers, credential, body, headTimeoutMs } = request;
    this.#listener = listener;
    this.#request = new UpstreamRequest(pools, { address, method, headers, credential, body: body ?? null, headTimeoutMs }, this);
  }

  /** Ends the request. The listener hears nothing more. */
  abort(): void {
    this.#isOver = true;
    this.#request.abort();
  }

  onHead(status: number, headers: IncomingHttpHeaders): void {
    this.#status = status;
    this.#headers = headers;
    if (status !== 200 || !isEventStream(headers)) return;
    const listener = {
      onEvent: (event: SseEvent) => {
        if (!this.#isOver) this.#listener.onEvent(event);
      },
      onRetry: (retryMs: number) => this.#listener.onRetry?.(retryMs),
    };
    this.#parser = new SseParser(listener, MAX_MESSAGE_BYTES);
    this.#listener.onStream(headers);
  }

  onData(chunk: Buffer): void {
    if (this.#parser !== undefined) {
      if (!this.#parser.push(chunk)) this.#fail('event too large');
      return;
    }
    this.#bytes += chunk.length;
    if (this.#bytes > MAX_MESSAGE_BYTES) this.#fail('answer too large');
    else this.#chunks.push(chunk);
  }

  onEnd(): void {
    if (this.#parser !== undefined) this.#listener.onStreamEnd(this.#parser.lastEventId, undefined);
    else this.#listener.onAnswer({ status: this.#status, headers: this.#headers, body: Buffer.concat(this.#chunks) });
  }

  onFailure(rejection: Rejection): void {
    if (this.#parser === undefined) this.#listener.onFault(rejection);
    else this.#listener.onStreamEnd(this.#parser.lastEventId, rejection);
  }

  #fail(fault: string): void {
    this.abort();
    this.onFailure({ reason: 'upstream_answer_invalid', fault });
  }
}
