import { toErrorEvent } from '../mcp/error-event.ts';
import type { Rejection } from '../request/rejection.ts';
import type { Exchange } from '../request/exchange.ts';
import { addStreamHeaders } from '../upstream/event-stream.ts';
import { SilenceError, type LiveStream, type StreamHeartbeat } from '../upstream/stream-heartbeat.ts';

/** What a client may leave unread, in bytes, until it counts as gone: a bridge cannot make the upstream wait for one of its clients. */
const MAX_UNREAD_BYTES = 32 * 1024 * 1024;

export interface ClientAnswerOptions {
  readonly exchange: Exchange;
  readonly heartbeat: StreamHeartbeat;
  /** Names and values in turn, besides those of every answer. */
  readonly headers?: readonly string[];
  /** Whether nobody waits for a final message: the stream may be ended at any time, and the client opens another one. */
  readonly isStandalone?: boolean;
  /** The process stops: the answer may say good-bye before it is ended. */
  readonly onStop?: () => void;
}

/**
 * A bridge's answer to one request of a client: JSON where the final message is all there is, an event stream from the first other message
 * on, or once there was nothing to say for so long that something on the way might cut the connection.
 */
export class ClientAnswer implements LiveStream {
  lastActivityMs: number;
  heardAtMs: number;
  beatingAt = -1;
  /** The client left before the answer was complete. */
  onGone: () => void = () => undefined;
  /** The upstream said nothing for longer than it may: whoever knows what is waited for ends it with this refusal. */
  onOverdue: (rejection: Rejection) => void = (rejection) => this.refuse(rejection);
  readonly #options: ClientAnswerOptions;
  #isOver = false;

  constructor(options: ClientAnswerOptions) {
    this.#options = options;
    this.lastActivityMs = this.heardAtMs = options.exchange.startedAtMs;
    options.heartbeat.add(this);
    options.exchange.res.on('close', () => this.#onClose());
    if (options.exchange.res.destroyed) queueMicrotask(() => this.#onClose());
  }

  get exchange(): Exchange {
    return this.#options.exchange;
  }

  /** Whether the answer is complete or the client has left. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Sends the head of an event stream, if there is none yet. */
  openStream(): void {
    const { exchange } = this.#options;
    if (this.#isOver || exchange.res.headersSent) return;
    exchange.upstreamMs ??= Date.now() - exchange.startedAtMs;
    const headers = ['content-type', 'text/event-stream', ...(this.#options.headers ?? [])];
    addStreamHeaders(headers);
    exchange.addCrossOriginHeaders(headers);
    exchange.res.writeHead(200, headers);
    exchange.res.flushHeaders();
    exchange.beginStream();
  }

  /** Sends a message that is not the last one. */
  send(message: object): void {
    this.openStream();
    this.heardAtMs = Date.now();
    this.exchange.traffic?.onMessage(this.exchange, message);
    this.#write(`event: message\ndata: ${JSON.stringify(message)}\n\n`);
  }

  /** Sends the last message. The status counts only where nothing was sent before. */
  end(message: object, status = 200): void {
    if (this.#isOver) return;
    const { exchange } = this.#options;
    if (exchange.res.headersSent) this.send(message);
    else this.#sendJson(message, status);
    this.#finish();
    exchange.res.end();
  }

  /** Ends an event stream without a last message. */
  endStream(): void {
    if (this.#isOver) return;
    this.openStream();
    this.#finish();
    this.#options.exchange.res.end();
  }

  /** Answers with a refusal: as the whole answer, or as the last message of the stream that was begun. */
  refuse(rejection: Rejection): void {
    if (this.#isOver) return;
    const { exchange } = this.#options;
    this.#finish();
    if (!exchange.res.headersSent) return exchange.refuse(rejection);
    exchange.rejection = rejection;
    exchange.outcome = 'refused';
    const id = exchange.message?.kind === 'request' ? exchange.message.id : undefined;
    if (id !== undefined) exchange.res.write(toErrorEvent(exchange.toWire(rejection), id));
    exchange.res.end();
  }

  beat(): void {
    this.openStream();
    this.#write(': keepalive\n\n');
  }

  onSilence(): void {
    if (this.#options.isStandalone === true) return this.endIfStandalone();
    this.heardAtMs = Date.now(); // a call that waits for its client goes on
    this.onOverdue({ reason: 'upstream_timeout', cause: new SilenceError() });
  }

  endIfStandalone(): void {
    if (this.#options.isStandalone !== true) return;
    this.#options.onStop?.();
    this.endStream();
  }

  #sendJson(message: object, status: number): void {
    const { exchange } = this.#options;
    const body = Buffer.from(JSON.stringify(message));
    exchange.traffic?.onMessage(exchange, message);
    exchange.upstreamMs ??= Date.now() - exchange.startedAtMs;
    exchange.responseBytes += body.length;
    const headers = ['content-type', 'application/json', 'content-length', String(body.length), ...(this.#options.headers ?? [])];
    exchange.addCrossOriginHeaders(headers);
    exchange.res.writeHead(status, headers);
    exchange.res.write(body);
  }

  #write(text: string): void {
    const { exchange } = this.#options;
    if (this.#isOver || exchange.res.destroyed) return;
    exchange.responseBytes += Buffer.byteLength(text);
    this.lastActivityMs = Date.now();
    exchange.res.write(text);
    if (exchange.res.writableLength > MAX_UNREAD_BYTES) exchange.res.destroy();
  }

  #onClose(): void {
    if (this.#isOver) return;
    this.#finish();
    this.#options.exchange.outcome = 'client_gone';
    this.onGone();
  }

  #finish(): void {
    this.#isOver = true;
    this.#options.heartbeat.delete(this);
  }
}
