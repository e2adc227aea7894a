// Trust boundary: requests that this plane sends to addresses which users gave it, or which documents from there name. Every
// address is checked after DNS at connect time, redirects are answers and never followed, and size and time are bounded.
import { isIP } from 'node:net';
import { Agent, buildConnector, fetch as undiciFetch, type RequestInit as UndiciRequestInit } from 'undici';
import type { EgressPolicy } from '../../contract/egress-policy.ts';
import { AddressRefusedError, makeGuardedLookup } from '../../foundation/guarded-lookup.ts';

/** The signature of the platform's `fetch`, which libraries take. */
export type Fetch = typeof globalThis.fetch;

/** How long a connection may take, in milliseconds. */
const CONNECT_TIMEOUT_MS = 5_000;
/** How long an exchange may take in all, in milliseconds. */
const EXCHANGE_TIMEOUT_MS = 10_000;
/** How long a stream may take in all, in milliseconds. */
const STREAM_TIMEOUT_MS = 30_000;
/** The longest answer that is read, in bytes. */
const MAX_ANSWER_BYTES = 1024 * 1024;
const MAX_STREAM_BYTES = 16 * 1024 * 1024;

/** An answer that is longer than anything of its kind. */
export class AnswerTooLargeError extends Error {
  override readonly name = 'AnswerTooLargeError';
  readonly code = 'ANSWER_TOO_LARGE';
}

/** Connections under the egress policy. */
export class GuardedFetch {
  readonly #agent: Agent;
  readonly #policy: EgressPolicy;

  constructor(policy: EgressPolicy) {
    this.#policy = policy;
    const connect = buildConnector({
      timeout: CONNECT_TIMEOUT_MS,
      allowH2: false,
      lookup: makeGuardedLookup((host, address) => policy.isAllowed(host, address)),
    });
    this.#agent = new Agent({
      headersTimeout: EXCHANGE_TIMEOUT_MS,
      bodyTimeout: EXCHANGE_TIMEOUT_MS,
      connect: (options, callback) => {
        const host = options.hostname.replace(/^\[|\]$/g, '');
        if (isIP(host) === 0 || policy.isAllowed(host, host)) connect(options, callback);
        else callback(new AddressRefusedError(host), null);
      },
    });
  }

  /** A stream of the answer as it comes: the caller reads as much as it wants and cancels the rest. */
  async open(url: string, init: UndiciRequestInit): Promise<Response> {
    return this.#send(url, init, limitTime(init.signal, EXCHANGE_TIMEOUT_MS));
  }

  async #send(url: string, init: UndiciRequestInit, signal: AbortSignal): Promise<Response> {
    const checked = this.#policy.checkUrl(url);
    if (!checked.ok) throw new AddressRefusedError(URL.canParse(url) ? new URL(url).hostname : 'the URL');
    return undiciFetch(url, { ...init, redirect: 'manual', signal, dispatcher: this.#agent });
  }

  /** A `fetch` for libraries: the answer is read whole, up to the limit. */
  readonly fetch: Fetch = async (input, init) => {
    const response = await this.open(input instanceof Request ? input.url : String(input), (init ?? {}) as UndiciRequestInit);
    const body = await readBounded(response);
    const { status, statusText, headers } = response;
    const isEmpty = status === 204 || status === 205 || status === 304;
    return new Response(isEmpty ? null : body, { status, statusText, headers });
  };

  /** A `fetch` for libraries that speak over streams: the answer passes as it comes, until it is too long or takes too long. */
  readonly stream: Fetch = async (input, init) => {
    const signal = limitTime(init?.signal, STREAM_TIMEOUT_MS);
    const url = input instanceof Request ? input.url : String(input);
    const { status, statusText, headers, body } = await this.#send(url, (init ?? {}) as UndiciRequestInit, signal);
    return new Response(body?.pipeThrough(makeLimit()) ?? null, { status, statusText, headers });
  };

  close(): Promise<void> {
    return this.#agent.destroy();
  }
}

/** Whichever comes first: what the caller waits for, or the end of the time. */
function limitTime(signal: AbortSignal | null | undefined, ms: number): AbortSignal {
  const timeout = AbortSignal.timeout(ms);
  return signal == null ? timeout : AbortSignal.any([signal, timeout]);
}

function makeLimit(): TransformStream<Uint8Array, Uint8Array> {
  let size = 0;
  return new TransformStream({
    transform(chunk, controller) {
      size += chunk.length;
      if (size > MAX_STREAM_BYTES) controller.error(new AnswerTooLargeError(`the answer is longer than ${MAX_STREAM_BYTES} bytes`));
      else controller.enqueue(chunk);
    },
  });
}

async function readBounded(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) throw new AnswerTooLargeError(`the answer is longer than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
