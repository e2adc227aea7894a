import type { JsonObject, JsonRpcId } from '../mcp/message.ts';
import type { Exchange } from '../request/exchange.ts';
import { toWire, type Rejection } from '../request/rejection.ts';
import { addStreamHeaders } from '../upstream/event-stream.ts';
import type { LiveStream, StreamHeartbeat } from '../upstream/stream-heartbeat.ts';

/** What a POST is answered with. */
export interface ClientAnswerOptions {
  readonly exchange: Exchange;
  readonly heartbeat: StreamHeartbeat;
  /** Sent as `mcp-session-id`. */
  readonly sessionId?: string | undefined;
  /** How many requests the POST carried. */
  readonly requests: number;
  /** Whether they came in an array, so that the responses leave in one. */
  readonly isBatch: boolean;
}

const KEEP_ALIVE_COMMENT = ': keepalive\n\n';

/**
 * The answer to a POST of a legacy client that the gateway writes itself: JSON as long as there is nothing to say but the responses,
 * a stream from the first notification, question or wait on.
 */
export class ClientAnswer implements LiveStream {
  lastActivityMs = Date.now();
  readonly #options: ClientAnswerOptions;
  readonly #responses: JsonObject[] = [];
  #missing: number;
  #isStream = false;
  #isOver = false;

  /** @param onClientGone the client left before its answer was complete. */
  constructor(options: ClientAnswerOptions, onClientGone: () => void) {
    this.#options = options;
    this.#missing = options.requests;
    options.exchange.res.on('close', () => {
      const wasComplete = this.#isOver;
      this.#finish();
      if (wasComplete) return;
      options.exchange.outcome = 'client_gone';
      onClientGone();
    });
  }

  /** Sends the head of a stream, unless it is sent. A client waits for it, and intermediaries see that something is alive. */
  openStream(): void {
    if (this.#isStream || this.#isOver) return;
    this.#isStream = true;
    const { exchange, heartbeat } = this.#options;
    exchange.res.writeHead(200, this.#toHeaders('text/event-stream', addStreamHeaders));
    exchange.res.flushHeaders();
    heartbeat.add(this);
    for (const response of this.#responses.splice(0)) this.#write(response);
  }

  /** Sends a notification or a request of the upstream. False where the client does not keep up: see {@link onceDrained}. */
  send(message: JsonObject): boolean {
    this.openStream();
    return this.#write(message);
  }

  /** Calls back once the client has taken what it was sent. */
  onceDrained(resume: () => void): void {
    this.#options.exchange.res.once('drain', resume);
  }

  /** Sends the response to one of the requests. The last one completes the answer. */
  respond(response: JsonObject): void {
    if (this.#isOver) return;
    this.#missing--;
    if (this.#isStream) {
      this.#write(response);
      return this.#missing === 0 ? this.#end() : undefined;
    }
    this.#responses.push(response);
    if (this.#missing === 0) this.#endWithJson(200, JSON.stringify(this.#options.isBatch ? this.#responses : this.#responses[0]));
  }

  /** Answers one of the requests with a refusal. A lone request gets its HTTP status as well. */
  refuse(id: JsonRpcId, rejection: Rejection): void {
    if (this.#isOver) return;
    const { exchange, isBatch } = this.#options;
    exchange.rejection = rejection;
    if (!this.#isStream && !isBatch) {
      this.#finish();
      exchange.refuse(rejection);
      if ('cause' in rejection) exchange.outcome = 'upstream_failed';
      return;
    }
    exchange.outcome = 'upstream_failed';
    const { code, message } = toWire(rejection);
    this.respond({ jsonrpc: '2.0', id, error: { code, message } });
  }

  /** Leaves one of the requests without a response, because its client canceled it (MCP 2025-11-25, Cancellation). */
  drop(): void {
    if (this.#isOver) return;
    this.#missing--;
    if (this.#missing > 0) return;
    this.openStream();
    this.#end();
  }

  beat(): void {
    this.lastActivityMs = Date.now();
    this.#options.exchange.res.write(KEEP_ALIVE_COMMENT);
  }

  /** Somebody waits for an answer on this stream. */
  endIfStandalone(): void {}

  #write(message: JsonObject): boolean {
    if (this.#isOver) return true;
    const { exchange } = this.#options;
    const event = `event: message\ndata: ${JSON.stringify(message)}\n\n`;
    this.lastActivityMs = Date.now();
    exchange.responseBytes += Buffer.byteLength(event);
    return exchange.res.write(event);
  }

  #endWithJson(status: number, body: string): void {
    this.#finish();
    const { exchange } = this.#options;
    const bytes = Buffer.from(body);
    exchange.responseBytes += bytes.length;
    exchange.res.writeHead(
      status,
      this.#toHeaders('application/json', (headers) => headers.push('content-length', String(bytes.length))),
    );
    exchange.res.end(bytes);
  }

  #end(): void {
    this.#finish();
    this.#options.exchange.res.end();
  }

  #finish(): void {
    this.#isOver = true;
    this.#options.heartbeat.delete(this);
  }

  #toHeaders(type: string, addMore: (headers: string[]) => void): string[] {
    const { exchange, sessionId } = this.#options;
    const headers = ['content-type', type];
    if (sessionId !== undefined) headers.push('mcp-session-id', sessionId);
    addMore(headers);
    exchange.addCrossOriginHeaders(headers);
    return headers;
  }
}
