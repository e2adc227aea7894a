import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import type { Rejection } from '../request/rejection.ts';
import { judgeCredential, type CredentialHeaders, type UpstreamCredential } from './credential.ts';
import type { UpstreamAddress } from './upstream-address.ts';
import { findRetryPause, toUpstreamRejection } from './upstream-failure.ts';
import type { UpstreamPools } from './upstream-pools.ts';
import { findRedirectPath, MAX_REDIRECTS } from './upstream-redirect.ts';

/** A request that the gateway sends in its own words, unlike one that it passes through. */
export interface UpstreamRequestOptions {
  readonly address: UpstreamAddress;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Names and values in turn, without those of the credential. */
  readonly headers: readonly string[];
  readonly credential: UpstreamCredential;
  readonly body: string | null;
  /** How long the head may take to arrive, in milliseconds; 0 for as long as it likes. */
  readonly headTimeoutMs: number;
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

/** The answer refuses the credential; the request is sent again with another one. */
class RefusedError extends Error {
  override readonly name = 'RefusedError';
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
  #sentHeaders: CredentialHeaders = [];
  #hasRenewed = false;
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
    if (this.#redirectPath !== undefined) return;
    const verdict = judgeCredential(this.#options.credential, status, headers, this.#hasRenewed);
    if (verdict === 'accepted') this.#listener.onHead(status, headers);
    else if (verdict === 'renew') this.#renew();
    else this.#fail(verdict);
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
    if (this.#isOver || error instanceof RefusedError) return;
    const pauseMs = findRetryPause(error, this.#attempts++, this.#options.address.connectRetries);
    if (pauseMs !== undefined) return this.#retry(pauseMs);
    this.#isOver = true;
    this.#listener.onFailure(toUpstreamRejection(error));
  }

  /** The upstream has not worked on what it refused, so the request can be sent again. */
  #renew(): void {
    this.#hasRenewed = true;
    const controller = this.#controller;
    this.#controller = undefined;
    controller?.abort(new RefusedError());
    void this.#options.credential
      .renewal!.renew(this.#sentHeaders, () => this.#findTraceparent())
      .then((renewed) => {
        if (this.#isOver) return;
        if (renewed.ok) this.#dispatch(this.#options.address.path);
        else this.#fail(renewed.error);
      });
  }

  /** As the upstream was told it. */
  #findTraceparent(): string | undefined {
    const { headers } = this.#options;
    const position = headers.indexOf('traceparent');
    return position % 2 === 0 ? headers[position + 1] : undefined;
  }

  #fail(rejection: Rejection): void {
    this.abort();
    this.#listener.onFailure(rejection);
  }

  #retry(pauseMs: number): void {
    setTimeout(() => {
      if (!this.#isOver) this.#dispatch(this.#options.address.path);
    }, pauseMs);
  }

  #dispatch(path: string): void {
    const { address, method, headers, credential, body, headTimeoutMs } = this.#options;
    this.#sentHeaders = credential.headers;
    const pool = this.#pools.open(address.origin, Date.now());
    pool.dispatch(
      {
        path,
        method,
        headers: [...headers, ...this.#sentHeaders],
        body,
        headersTimeout: headTimeoutMs === 0 ? 0 : (address.headTimeoutMs ?? headTimeoutMs),
      },
      this,
    );
  }
}
