import { err, ok, type Result } from '../../foundation/result.ts';
import { InFlight } from '../in-flight.ts';
import { isRpcRequest, parseRpcMessages, type RpcMessage } from '../mcp/json-rpc.ts';
import type { Rejection } from '../request/rejection.ts';
import { findUpstreamAddress, type UpstreamAddress } from '../upstream/upstream-address.ts';
import type { LegacyTransport, LegacyTransportListener, LegacyUpstream } from './legacy-transport.ts';
import { StandaloneStream } from './standalone-stream.ts';
import { findAnswerFault, readAnswerMessages } from './upstream-answer.ts';
import { UpstreamFetch, type FetchAnswer, type FetchRequest } from './upstream-fetch.ts';

/** How often one answer's stream is resumed without anything having arrived in between. */
const MAX_FRUITLESS_RESUMPTIONS = 5;

/** How long until a broken stream is resumed where the upstream does not say, in milliseconds. */
const RESUME_DELAY_MS = 500;

/** The longest pause that an upstream may ask for, in milliseconds. */
const MAX_RESUME_DELAY_MS = 30_000;

/** How long an upstream may take to end a session, in milliseconds. Nobody waits for it but a process that stops. */
const GOODBYE_TIMEOUT_MS = 5_000;

/** One request whose answer has not arrived. */
interface Pending {
  fetch: UpstreamFetch | undefined;
  timer: NodeJS.Timeout | undefined;
  retryMs: number;
  fruitless: number;
}

/** Streamable HTTP of MCP 2025-03-26 to 2025-11-25: a POST a message, a session in a header, a standalone stream by GET. */
export class StreamableTransport implements LegacyTransport {
  readonly #upstream: LegacyUpstream;
  readonly #address: UpstreamAddress;
  readonly #listener: LegacyTransportListener;
  readonly #pending = new InFlight<number, Pending>();
  #sessionId: string | undefined;
  #protocolVersion: string | undefined;
  #standalone: StandaloneStream | undefined;
  #isClosed = false;

  constructor(upstream: LegacyUpstream, listener: LegacyTransportListener) {
    this.#upstream = upstream;
    this.#address = findUpstreamAddress(upstream.server);
    this.#listener = listener;
  }

  async open(): Promise<Result<void, Rejection>> {
    return ok(undefined);
  }

  send(message: RpcMessage, trace: readonly string[] = []): Promise<Result<void, Rejection>> {
    if (this.#isClosed) return Promise.resolve(err({ reason: 'session_unknown' }));
    const id = isRpcRequest(message) ? (message.id as number) : undefined;
    const pending: Pending = { fetch: undefined, timer: undefined, retryMs: RESUME_DELAY_MS, fruitless: 0 };
    if (id !== undefined) this.#pending.set(id, pending);
    return new Promise((resolve) => {
      pending.fetch = new UpstreamFetch(this.#upstream.pools, this.#toPost(message, trace), {
        onAnswer: (answer) => resolve(this.#onAnswer(answer, id)),
        onStream: (headers) => {
          this.#noteSession(headers['mcp-session-id']);
          resolve(ok(undefined));
        },
        onEvent: ({ data }) => this.#onEvent(data, id),
        onRetry: (retryMs) => this.#noteRetry(id, retryMs),
        onStreamEnd: (lastEventId) => this.#onStreamEnd(id, lastEventId),
        onFault: (rejection) => {
          if (id !== undefined) this.forget(id);
          resolve(err(rejection));
        },
      });
    });
  }

  listen(protocolVersion: string): void {
    this.#protocolVersion = protocolVersion;
    this.#standalone = new StandaloneStream({
      pools: this.#upstream.pools,
      toRequest: (lastEventId) => this.#toGet(lastEventId),
      onData: (data) => this.#deliver(data, undefined),
      onSessionLost: () => this.#lose({ reason: 'session_unknown' }),
    });
  }

  forget(id: number): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    this.#pending.delete(id);
    clearTimeout(pending.timer);
    pending.fetch?.abort();
  }

  async close(): Promise<void> {
    const wasClosed = this.#isClosed;
    this.#isClosed = true;
    this.#standalone?.close();
    for (const id of this.#pending.keys()) this.forget(id);
    if (wasClosed || this.#sessionId === undefined) return;
    await new Promise<void>((resolve) => {
      const settle = () => resolve();
      const listener = { onAnswer: settle, onStream: settle, onEvent: settle, onStreamEnd: settle, onFault: settle };
      const address = { ...this.#address, headTimeoutMs: GOODBYE_TIMEOUT_MS, connectRetries: 0 };
      const request: FetchRequest = { ...this.#base(), method: 'DELETE', address };
      void new UpstreamFetch(this.#upstream.pools, request, listener);
    });
  }

  #onAnswer(answer: FetchAnswer, id: number | undefined): Result<void, Rejection> {
    const fault = findAnswerFault(answer, this.#sessionId !== undefined);
    if (fault !== undefined) {
      if (id !== undefined) this.forget(id);
      if (fault.reason === 'session_unknown') this.#lose(fault);
      return err(fault);
    }
    this.#noteSession(answer.headers['mcp-session-id']);
    if (id === undefined) return answer.status < 300 ? ok(undefined) : err(toFault(answer.status));
    const messages = readAnswerMessages(answer, id);
    for (const message of messages) this.#listener.onMessage(message, id);
    if (!this.#pending.delete(id) || messages.some((message) => !('method' in message) && message.id === id)) return ok(undefined);
    return err(toFault(answer.status));
  }

  #onEvent(data: string, id: number | undefined): void {
    const pending = id === undefined ? undefined : this.#pending.get(id);
    if (pending !== undefined) pending.fruitless = 0;
    this.#deliver(data, id);
  }

  #deliver(data: string, id: number | undefined): void {
    for (const message of parseRpcMessages(data) ?? []) {
      if (!('method' in message) && typeof message.id === 'number') this.#pending.delete(message.id);
      this.#listener.onMessage(message, id);
    }
  }

  #noteRetry(id: number | undefined, retryMs: number): void {
    const pending = id === undefined ? undefined : this.#pending.get(id);
    if (pending !== undefined) pending.retryMs = Math.min(retryMs, MAX_RESUME_DELAY_MS);
  }

  /** A server may end the stream of a call and let the client fetch the rest (MCP 2025-11-25, Transports, Resumability and Redelivery). */
  #onStreamEnd(id: number | undefined, lastEventId: string): void {
    const pending = id === undefined ? undefined : this.#pending.get(id);
    if (id === undefined || pending === undefined) return;
    if (lastEventId === '' || pending.fruitless >= MAX_FRUITLESS_RESUMPTIONS) return this.#loseAnswer(id);
    pending.fruitless++;
    pending.timer = setTimeout(() => this.#resume(id, pending, lastEventId), pending.retryMs);
  }

  #resume(id: number, pending: Pending, lastEventId: string): void {
    pending.fetch = new UpstreamFetch(this.#upstream.pools, this.#toGet(lastEventId), {
      onAnswer: () => this.#loseAnswer(id),
      onStream: () => undefined,
      onEvent: ({ data }) => this.#onEvent(data, id),
      onRetry: (retryMs) => this.#noteRetry(id, retryMs),
      onStreamEnd: (nextEventId) => this.#onStreamEnd(id, nextEventId === '' ? lastEventId : nextEventId),
      onFault: () => this.#onStreamEnd(id, lastEventId),
    });
  }

  #loseAnswer(id: number): void {
    this.forget(id);
    this.#listener.onAnswerLost(id, { reason: 'upstream_connection_lost' });
  }

  /** Requests under way have connections of their own: those end them, and say for each whether it was refused. */
  #lose(rejection: Rejection): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#standalone?.close();
    this.#listener.onLost(rejection, 'told');
  }

  #noteSession(sessionId: string | string[] | undefined): void {
    if (typeof sessionId === 'string' && sessionId !== '') this.#sessionId = sessionId;
  }

  #toPost(message: RpcMessage, trace: readonly string[]): FetchRequest {
    const base = this.#base();
    const headers = [...base.headers, 'content-type', 'application/json', 'accept', 'application/json, text/event-stream', ...trace];
    return { ...base, method: 'POST', headers, body: JSON.stringify(message) };
  }

  #toGet(lastEventId: string): FetchRequest {
    const base = this.#base();
    const resume = lastEventId === '' ? [] : ['last-event-id', lastEventId];
    return { ...base, method: 'GET', headers: [...base.headers, 'accept', 'text/event-stream', ...resume], headTimeoutMs: 0 };
  }

  #base() {
    const headers = ['accept-encoding', 'identity'];
    if (this.#sessionId !== undefined) headers.push('mcp-session-id', this.#sessionId);
    if (this.#protocolVersion !== undefined) headers.push('mcp-protocol-version', this.#protocolVersion);
    return { address: this.#address, headers, credential: this.#upstream.credential, headTimeoutMs: this.#upstream.headTimeoutMs };
  }
}

function toFault(status: number): Rejection {
  return { reason: 'upstream_answer_invalid', fault: `status ${status} without an answer` };
}
