import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import type { Rejection } from '../request/rejection.ts';
import type { UpstreamAddress } from './upstream-address.ts';
import { findRetryPause, toUpstreamRejection } from './upstream-failure.ts';
import type { UpstreamPools } from './upstream-pools.ts';
import { findRedirectPath, MAX_REDIRECTS } from './upstream-redirect.ts';

/** A request that the gateway sends in its own words, unlike one that it passes through. */
export interface UpstreamRequestOptions {
  readonly address: UpstreamAddress;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Names and values in turn. */
  readonly headers: readonly string[];
  readonly body: string | null;
  /** How long the head may take to arrive, in milliseconds; 0 for as long as it likes. */
  readonly headTimeoutMs: number;
  /** A stream that stays open for hours, or a call. */
  readonly use: 'call' | 'stream';
}

/** What becomes of an upstream request. Either `onEnd` or `onFailure` comes last, once; nothing comes after `abort`. */
export interface UpstreamListener {
  onHead(status: number, headers: IncomingHttpHeaders): void;
  onData(chunk: Buffer): void;
  onEnd(): void;
  onFailure(rejection: Rejection): void;
}

class AbortedError extends Error {
  override readonly name = 'AbortedError';
}

/** One request to an upstream, with redirects within its origin followed. */
export class UpstreamRequest implements Dispatcher.DispatchHandler {
  readonly #pools: UpstreamPools;
  readonly #options: UpstreamRequestOptions;
  readonly #listener: UpstreamListener;
  #controller: Dispatcher.DispatchController | undefined;
  #redirects = 0;
  #attempts = 0;
  #redirectPath: string | undefined;
  #isOver = false;

  /** Sends the request at once. */
  constructor(pools: UpstreamPools, options: UpstreamRequestOptions, listener: UpstreamListener) {
    this.#pools = pools;
    this.#options = options;
    this.#listener = listener;
    this.#dispatch(options.address.path);
  }

  /** Ends the request. An upstream of the modern era takes it as a cancellation (MCP 2026-07-28, Transports). */
  abort(): void {
    if (this.#isOver) return; // the connection may serve somebody else by then
    this.#isOver = true;
    this.#controller?.abort(new AbortedError());
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isOver) controller.abort(new AbortedError());
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200 || this.#isOver) return;
    this.#redirectPath = this.#redirects < MAX_REDIRECTS ? findRedirectPath(this.#options.address.origin, status, headers) : undefined;
    if (this.#redirectPath === undefined) this.#listener.onHead(status, headers);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#redirectPath === undefined && !this.#isOver) this.#listener.onData(chunk);
  }

  onResponseEnd(): void {
    if (this.#isOver) return;
    const path = this.#redirectPath;
    if (path === undefined) {
      this.#isOver = true;
      return this.#listener.onEnd();
    }
    this.#redirects++;
    this.#redirectPath = undefined;
    this.#controller = undefined;
    this.#dispatch(path);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#isOver) return;
    const pauseMs = findRetryPause(error, this.#attempts++, this.#options.address.connectRetries);
    if (pauseMs !== undefined) return this.#retry(pauseMs);
    this.#isOver = true;
    this.#listener.onFailure(toUpstreamRejection(error));
  }

  #retry(pauseMs: number): void {
    setTimeout(() => {
      if (!this.#isOver) this.#dispatch(this.#options.address.path);
    }, pauseMs);
  }

  #dispatch(path: string): void {
    const { address, method, headers, body, headTimeoutMs, use } = this.#options;
    const pool = this.#pools.open(address.origin, use, Date.now());
    pool.dispatch(
      {
        path,
        method,
        headers: [...headers],
        body,
        headersTimeout: headTimeoutMs === 0 ? 0 : (address.headTimeoutMs ?? headTimeoutMs),
        bodyTimeout: 0,
      },
      this,
    );
  }
}
