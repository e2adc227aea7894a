import { err, ok, type Result } from '../../foundation/result.ts';
import { parseRpcMessages, type RpcMessage } from '../mcp/json-rpc.ts';
import type { SseEvent } from '../mcp/sse-parser.ts';
import type { Rejection } from '../request/rejection.ts';
import { HeadTimeoutError } from '../upstream/head-deadlines.ts';
import { findUpstreamAddress, type UpstreamAddress } from '../upstream/upstream-address.ts';
import type { LegacyTransport, LegacyTransportListener, LegacyUpstream } from './legacy-transport.ts';
import { findAnswerFault } from './upstream-answer.ts';
import { UpstreamFetch, type FetchAnswer } from './upstream-fetch.ts';

/**
 * HTTP with SSE of MCP 2024-11-05: everything from the upstream comes on one stream, whose first event says where to post. The stream is
 * the session: when it breaks, the session is over, and nothing tells which requests the upstream has worked on.
 */
export class SseTransport implements LegacyTransport {
  readonly #upstream: LegacyUpstream;
  readonly #listener: LegacyTransportListener;
  readonly #address: UpstreamAddress;
  #stream: UpstreamFetch | undefined;
  #endpoint: UpstreamAddress | undefined;
  #settleOpen: ((opened: Result<void, Rejection>) => void) | undefined;
  #isClosed = false;

  constructor(upstream: LegacyUpstream, listener: LegacyTransportListener) {
    this.#upstream = upstream;
    this.#listener = listener;
    this.#address = findUpstreamAddress(upstream.server);
  }

  async open(): Promise<Result<void, Rejection>> {
    const opened = new Promise<Result<void, Rejection>>((resolve) => void (this.#settleOpen = resolve));
    const patienceMs = this.#address.headTimeoutMs ?? this.#upstream.headTimeoutMs;
    const timer = setTimeout(() => this.#fail({ reason: 'upstream_timeout', cause: new HeadTimeoutError() }), patienceMs);
    const headers = ['accept', 'text/event-stream', 'accept-encoding', 'identity'];
    const { credential } = this.#upstream;
    this.#stream = new UpstreamFetch(
      this.#upstream.pools,
      // Some servers send the head together with the first event, so the endpoint's deadline is the head's too.
      { address: this.#address, method: 'GET', headers, credential, headTimeoutMs: 0 },
      {
        onStream: () => undefined,
        onEvent: (event) => this.#onEvent(event),
        onStreamEnd: () => this.#fail({ reason: 'upstream_connection_lost' }),
        onAnswer: (answer) => this.#fail(toOpenFault(answer)),
        onFault: (rejection) => this.#fail(rejection),
      },
    );
    const result = await opened;
    clearTimeout(timer);
    return result;
  }

  send(message: RpcMessage, trace: readonly string[] = []): Promise<Result<void, Rejection>> {
    const endpoint = this.#endpoint;
    if (this.#isClosed || endpoint === undefined) return Promise.resolve(err({ reason: 'session_unknown' }));
    const json = ['content-type', 'application/json', 'accept', 'application/json, text/event-stream', 'accept-encoding', 'identity'];
    const headers = [...json, ...trace];
    const request = {
      address: endpoint,
      method: 'POST',
      headers,
      credential: this.#upstream.credential,
      body: JSON.stringify(message),
      headTimeoutMs: this.#upstream.headTimeoutMs,
    };
    return new Promise((resolve) => {
      void new UpstreamFetch(
        this.#upstream.pools,
        { ...request, method: 'POST' },
        {
          onAnswer: (answer) => resolve(this.#onAccepted(answer)),
          onStream: () => resolve(ok(undefined)),
          onEvent: () => undefined,
          onStreamEnd: () => undefined,
          onFault: (rejection) => resolve(err(rejection)),
        },
      );
    });
  }

  listen(): void {
    // The stream has been open all along.
  }

  forget(): void {
    // An answer that nobody waits for is dropped when it comes.
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stream?.abort();
  }

  #onEvent({ type, data }: SseEvent): void {
    if (this.#isClosed) return;
    if (type === 'endpoint') return this.#onEndpoint(data);
    if (type !== 'message') return;
    for (const message of parseRpcMessages(data) ?? []) this.#listener.onMessage(message);
  }

  /** The credential is posted there, so it has to be the origin that was registered (MCP 2024-11-05, Transports, HTTP with SSE). */
  #onEndpoint(data: string): void {
    if (this.#endpoint !== undefined) return;
    const endpoint = URL.parse(data, this.#address.origin + this.#address.path);
    if (endpoint?.origin !== this.#address.origin)
      return this.#fail({ reason: 'upstream_answer_invalid', fault: 'endpoint of another origin' });
    this.#endpoint = { ...this.#address, path: endpoint.pathname + endpoint.search };
    this.#settleOpen?.(ok(undefined));
  }

  #onAccepted(answer: FetchAnswer): Result<void, Rejection> {
    if (answer.status < 300) return ok(undefined);
    const fault = findAnswerFault(answer, true) ?? { reason: 'upstream_answer_invalid', fault: `status ${answer.status} to a message` };
    // After the sender has heard that its message was refused: to the other requests under way it is a loss.
    if (fault.reason === 'session_unknown') setImmediate(() => this.#fail(fault));
    return err(fault);
  }

  #fail(rejection: Rejection): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stream?.abort();
    if (this.#endpoint === undefined) this.#settleOpen?.(err(rejection));
    else this.#listener.onLost(rejection, 'lost');
  }
}

function toOpenFault(answer: FetchAnswer): Rejection {
  const { status } = answer;
  return findAnswerFault(answer, false) ?? { reason: 'upstream_answer_invalid', fault: `status ${status} instead of an event stream` };
}
