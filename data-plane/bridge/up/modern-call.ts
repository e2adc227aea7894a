import type { IncomingHttpHeaders } from 'node:http';
import { parseLossless } from '../../mcp/lossless-json.ts';
import { isObject, type JsonObject } from '../../mcp/message.ts';
import { toModernHeaders } from '../../mcp/modern-envelope.ts';
import { SseParser } from '../../mcp/sse-parser.ts';
import type { Rejection } from '../../request/rejection.ts';
import type { UpstreamHop } from '../../telemetry/upstream-hop.ts';
import type { UpstreamCredential } from '../../upstream/credential.ts';
import { isEventStream } from '../../upstream/event-stream.ts';
import type { UpstreamAddress } from '../../upstream/upstream-address.ts';
import type { UpstreamPools } from '../../upstream/upstream-pools.ts';
import { UpstreamRequest } from '../../upstream/upstream-request.ts';

/** A modern request, ready to be sent. */
export interface ModernRequest {
  readonly address: UpstreamAddress;
  readonly hop: UpstreamHop;
  readonly method: string;
  /** What the method names, for `Mcp-Name`. */
  readonly name: string | undefined;
  /** With the envelope. */
  readonly params: JsonObject;
  /** For tracing and of parameters, names and values in turn. */
  readonly headers: readonly string[];
  readonly credential: UpstreamCredential;
  readonly headTimeoutMs: number;
}

/** What becomes of it. Either `onResponse` or `onFailure` comes last, once; nothing comes after `abort`. */
export interface ModernListener {
  /** The upstream answers with a stream: the response may take its time. */
  onStream(): void;
  onNotification(message: JsonObject): void;
  /** The JSON-RPC response, with a `result` or an `error`. */
  onResponse(response: JsonObject): void;
  onFailure(rejection: Rejection): void;
}

/** The largest message that is taken from an upstream, in bytes: a bridge has to read what a pass-through need not. */
const MAX_MESSAGE_BYTES = 32 * 1024 * 1024;

const REQUEST_ID = 1;

/** How long a stream may stay open after its response, in milliseconds. */
const LINGER_MS = 1_000;

/** One request of the modern era. Each is a stream of its own, so all of them can have the same JSON-RPC id. */
export class ModernCall {
  readonly #listener: ModernListener;
  readonly #hop: UpstreamHop;
  readonly #request: UpstreamRequest;
  #status = 0;
  #stream: SseParser | undefined;
  readonly #chunks: Buffer[] = [];
  #size = 0;
  #isOver = false;

  /** Sends the request at once. */
  constructor(pools: UpstreamPools, request: ModernRequest, listener: ModernListener) {
    this.#listener = listener;
    this.#hop = request.hop;
    this.#request = new UpstreamRequest(
      pools,
      {
        address: request.address,
        method: 'POST',
        headers: [...toModernHeaders(request.method, request.name), ...request.headers],
        credential: request.credential,
        body: JSON.stringify({ jsonrpc: '2.0', id: REQUEST_ID, method: request.method, params: request.params }),
        headTimeoutMs: request.headTimeoutMs,
      },
      {
        onHead: (status, headers) => this.#onHead(status, headers),
        onData: (chunk) => this.#onData(chunk),
        onEnd: () => this.#onEnd(),
        onFailure: (rejection) => this.#fail(this.#stream === undefined ? rejection : { reason: 'upstream_connection_lost' }),
      },
    );
  }

  /** Cancels it: in the modern era, closing the answer is how (MCP 2026-07-28, Transports, Cancellation). */
  abort(): void {
    this.#isOver = true;
    this.#hop.end('cancelled');
    this.#request.abort();
  }

  #onHead(status: number, headers: IncomingHttpHeaders): void {
    this.#status = status;
    this.#hop.noteHead(status);
    if (status === 401 || status === 403) return this.#fail({ reason: 'upstream_credential_refused', status });
    if (status >= 300 && status < 400) return this.#fail({ reason: 'upstream_redirected', status });
    if (!isEventStream(headers)) return;
    this.#stream = new SseParser({ onEvent: ({ data }) => this.#onMessage(data) }, MAX_MESSAGE_BYTES);
    this.#listener.onStream();
  }

  #onData(chunk: Buffer): void {
    if (this.#isOver) return;
    if (this.#stream !== undefined) {
      if (!this.#stream.push(chunk)) this.#failInvalid('an event is too large');
      return;
    }
    this.#size += chunk.length;
    if (this.#size > MAX_MESSAGE_BYTES) this.#failInvalid('the answer is too large');
    else this.#chunks.push(chunk);
  }

  #onEnd(): void {
    if (this.#isOver) return;
    if (this.#stream !== undefined) return this.#fail({ reason: 'upstream_connection_lost' });
    this.#onMessage(Buffer.concat(this.#chunks).toString('utf8'));
    if (!this.#isOver) this.#failInvalid(`status ${this.#status} without a response`);
  }

  #onMessage(text: string): void {
    if (this.#isOver) return;
    const message = parseMessage(text);
    if (message === undefined) return this.#failInvalid(`status ${this.#status} with a body that is not JSON-RPC`);
    if (typeof message['method'] === 'string') {
      // A modern server sends no requests; one that does gets no answer.
      if (message['id'] === undefined) this.#listener.onNotification(message);
      return;
    }
    if (!isObject(message['result']) && !isObject(message['error'])) return this.#failInvalid('a response without result and error');
    this.#isOver = true;
    this.#hop.end();
    // Most streams end by themselves, and then their connection can be used again.
    if (this.#stream !== undefined) setTimeout(() => this.#request.abort(), LINGER_MS).unref();
    this.#listener.onResponse(message);
  }

  #failInvalid(fault: string): void {
    this.#fail({ reason: 'upstream_answer_invalid', fault });
  }

  #fail(rejection: Rejection): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#hop.end(rejection.reason);
    this.#request.abort();
    this.#listener.onFailure(rejection);
  }
}

function parseMessage(text: string): JsonObject | undefined {
  try {
    const message = parseLossless(text);
    return isObject(message) ? message : undefined;
  } catch {
    // Not JSON: the caller says so in its own words.
    return undefined;
  }
}
