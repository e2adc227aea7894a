import type { IncomingHttpHeaders } from 'node:http';
import { errors, type Dispatcher } from 'undici';

/** A request to an upstream. Headers are names and values in turn. */
export interface UpstreamCall {
  readonly path: string;
  readonly method: string;
  readonly headers: readonly string[];
  readonly body: Buffer | string | null;
  /** How long the head of the answer may take, in milliseconds; 0 for as long as it likes. */
  readonly headersTimeout: number;
}

/** What a request on its way asks of the connection that carries it. */
export interface Carrier {
  pause(): void;
  resume(): void;
  /** Ends the connection, because the rest of the answer is not wanted. */
  abandon(): void;
}

const NO_TRAILERS: IncomingHttpHeaders = {};

/** One request until its answer is complete. It is what undici calls a controller, and it ends once, whatever comes at the same time. */
export class PendingRequest implements Dispatcher.DispatchController {
  readonly call: UpstreamCall;
  readonly #handler: Dispatcher.DispatchHandler;
  #carrier: Carrier | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;
  aborted = false;
  paused = false;
  reason: Error | null = null;

  constructor(call: UpstreamCall, handler: Dispatcher.DispatchHandler) {
    this.call = call;
    this.#handler = handler;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  abort(reason: Error): void {
    if (this.#isOver) return;
    this.aborted = true;
    this.reason = reason;
    const carrier = this.#carrier;
    this.fail(reason);
    carrier?.abandon();
  }

  pause(): void {
    if (this.#isOver || this.paused) return;
    this.paused = true;
    this.#carrier?.pause();
  }

  resume(): void {
    if (this.#isOver || !this.paused) return;
    this.paused = false;
    this.#carrier?.resume();
  }

  /** There is a connection. False where the request is not wanted any more: nothing was sent yet. */
  start(carrier: Carrier): boolean {
    this.#handler.onRequestStart?.(this, undefined);
    if (this.#isOver) return false;
    this.#carrier = carrier;
    const { headersTimeout } = this.call;
    if (headersTimeout > 0) this.#timer = setTimeout(() => this.abort(new errors.HeadersTimeoutError()), headersTimeout);
    return true;
  }

  noteHead(status: number, headers: IncomingHttpHeaders): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#handler.onResponseStart?.(this, status, headers);
  }

  noteBody(chunk: Buffer): void {
    if (!this.#isOver) this.#handler.onResponseData?.(this, chunk);
  }

  end(): void {
    if (this.#isOver) return;
    this.#leave();
    this.#handler.onResponseEnd?.(this, NO_TRAILERS);
  }

  fail(error: Error): void {
    if (this.#isOver) return;
    this.#leave();
    this.#handler.onResponseError?.(this, error);
  }

  #leave(): void {
    this.#isOver = true;
    this.#carrier = undefined;
    if (this.#timer !== undefined) clearTimeout(this.#timer);
  }
}
