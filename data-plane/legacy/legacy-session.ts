import { err, ok, type Result } from '../../foundation/result.ts';
import { InFlight } from '../in-flight.ts';
import {
  isRpcNotification,
  isRpcRequest,
  type RpcAnswer,
  type RpcError,
  type RpcMessage,
  type RpcNotification,
  type RpcRequest,
} from '../mcp/json-rpc.ts';
import { isObject, type JsonObject } from '../mcp/message.ts';
import { isCredentialRefusal, type Rejection } from '../request/rejection.ts';
import { NO_HOP, type UpstreamHop } from '../telemetry/upstream-hop.ts';
import { HeadTimeoutError } from '../upstream/head-deadlines.ts';
import type { LegacyTransport, LegacyTransportListener, LegacyUpstream } from './legacy-transport.ts';
import { SseTransport } from './sse-transport.ts';
import { StreamableTransport } from './streamable-transport.ts';

/** What an upstream said to `initialize`. */
export interface InitializeResult {
  readonly protocolVersion: string;
  readonly capabilities: JsonObject;
  readonly serverInfo: JsonObject;
  readonly instructions?: string;
  /** All of it, as it came. */
  readonly raw: JsonObject;
}

/** How a request to the upstream ended. */
export type CallEnd =
  | { readonly kind: 'answer'; readonly answer: RpcAnswer }
  /** `isUntouched`: the upstream certainly did not work on it, so it may be sent again. */
  | { readonly kind: 'fault'; readonly rejection: Rejection; readonly isUntouched: boolean };

/** Whoever made a call. Told of its end once, and of nothing after it. */
export interface CallListener {
  /** A notification that belongs to the call: progress with the token of the call, and what came on its stream. */
  onNotification(notification: RpcNotification): void;
  onServerRequest(request: RpcRequest): void;
  onEnd(end: CallEnd): void;
}

/** Whoever owns a session: gets what belongs to no call. */
export interface SessionListener {
  onNotification(notification: RpcNotification): void;
  onServerRequest(request: RpcRequest): void;
  /** The session is over. Calls under way are told, each for itself. */
  onLost(rejection: Rejection): void;
}

/** A request under way. */
export interface LegacyCall {
  /** The id that the upstream knows it by. */
  readonly id: number;
  /** Tells the upstream that nobody waits any more, and stops waiting. */
  cancel(reason: string): void;
}

interface PendingCall {
  readonly listener: CallListener;
  /** The progress token as the client knows it; the upstream gets the id of the call instead. */
  readonly progressToken: unknown;
  readonly hop: UpstreamHop;
}

/** Nobody who is interested in what comes beside an answer. */
const DEAF: Omit<CallListener, 'onEnd'> = { onNotification: () => undefined, onServerRequest: () => undefined };

/** How many calls one session carries at once. */
const MAX_PENDING = 1_000;

/**
 * The gateway's own session with a legacy upstream, whatever the transport. Request ids and progress tokens are the session's own, so
 * calls of several clients cannot be taken for each other; the ids of server requests are handed on as they are.
 */
export class LegacySession implements LegacyTransportListener {
  readonly #upstream: LegacyUpstream;
  readonly #transport: LegacyTransport;
  #owner: SessionListener;
  /** How long the upstream may take for a request of the gateway's own, in milliseconds: as long as for the head of an answer. */
  readonly #patienceMs: number;
  readonly #pending = new InFlight<number, PendingCall>();
  #nextId = 0;
  #initialized: InitializeResult | undefined;
  #isOver = false;
  /** When a client last had to do with it. What the upstream says of its own accord is no use. */
  lastUsedMs = Date.now();

  private constructor(upstream: LegacyUpstream, owner: SessionListener) {
    this.#upstream = upstream;
    this.#owner = owner;
    this.#patienceMs = upstream.server.upstreamTimeoutMs ?? upstream.headTimeoutMs;
    this.#transport = upstream.server.transport === 'SSE' ? new SseTransport(upstream, this) : new StreamableTransport(upstream, this);
  }

  /** Opens a session with the parameters of `initialize`. An error that the upstream answered `initialize` with is a fault. */
  static async open(upstream: LegacyUpstream, hello: JsonObject, owner: SessionListener): Promise<Result<LegacySession, OpenFailure>> {
    const session = new LegacySession(upstream, owner);
    const opened = await session.#transport.open();
    if (!opened.ok) return err({ rejection: opened.error });
    const failure = await session.#initialize(hello);
    if (failure === undefined) return ok(session);
    await session.close();
    return err(failure);
  }

  /** What the upstream said of itself. */
  get initialized(): InitializeResult {
    return this.#initialized!;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** How many calls are under way. */
  get pendingCalls(): number {
    return this.#pending.size;
  }

  /**
   * Sends a request. The listener is told of its end in every case, but never before this returns.
   * @param hop what it is in the trace of the client's request that it is sent for.
   */
  request(method: string, params: JsonObject | undefined, listener: CallListener, hop: UpstreamHop = NO_HOP): LegacyCall {
    const id = ++this.#nextId;
    this.lastUsedMs = Date.now();
    if (this.#isOver || this.#pending.size >= MAX_PENDING) {
      const rejection: Rejection = this.#isOver ? { reason: 'session_unknown' } : { reason: 'too_many_streams' };
      queueMicrotask(() => listener.onEnd({ kind: 'fault', rejection, isUntouched: true }));
      return { id, cancel: () => undefined };
    }
    const { ownParams, progressToken } = replaceProgressToken(params, id);
    this.#pending.set(id, { listener, progressToken, hop });
    const message: RpcRequest = { jsonrpc: '2.0', id, method, ...(ownParams === undefined ? {} : { params: ownParams }) };
    void this.#transport.send(message, hop.headers).then((sent) => {
      if (!sent.ok) this.#end(id, { kind: 'fault', rejection: sent.error, isUntouched: isUntouched(sent.error) });
    });
    return { id, cancel: (reason) => this.#cancel(id, reason) };
  }

  /** Sends a request of the gateway's own, which the upstream has to answer in time. */
  ask(method: string, params: JsonObject, listener: Omit<CallListener, 'onEnd'> = DEAF): Promise<CallEnd> {
    return new Promise((resolve) => {
      const call = this.request(method, params, {
        onNotification: (notification) => listener.onNotification(notification),
        onServerRequest: (request) => listener.onServerRequest(request),
        onEnd: (end) => {
          clearTimeout(impatience);
          resolve(end);
        },
      });
      const impatience = setTimeout(() => {
        // `initialize` must not be canceled (MCP 2025-11-25, Cancellation); the session that it was to open is given up whole.
        if (method !== 'initialize') call.cancel('The server took too long.');
        resolve({ kind: 'fault', rejection: { reason: 'upstream_timeout', cause: new HeadTimeoutError() }, isUntouched: false });
      }, this.#patienceMs);
    });
  }

  /** Sends a notification, or the answer to a server request. */
  async send(message: RpcNotification | RpcAnswer): Promise<Result<void, Rejection>> {
    this.lastUsedMs = Date.now();
    return this.#isOver ? err({ reason: 'session_unknown' }) : this.#transport.send(message);
  }

  /** Answers a server request with a result. */
  respond(request: RpcRequest, result: JsonObject): void {
    void this.send({ jsonrpc: '2.0', id: request.id, result });
  }

  /** Answers a server request with an error. */
  refuse(request: RpcRequest, error: RpcError): void {
    void this.send({ jsonrpc: '2.0', id: request.id, error });
  }

  /** Ends the session on both sides; what is under way fails. */
  async close(): Promise<void> {
    this.#isOver = true;
    this.#endAll();
    await this.#transport.close();
  }

  onMessage(message: RpcMessage, relatedId?: number): void {
    if (isRpcRequest(message)) return this.#onServerRequest(message, relatedId);
    if (isRpcNotification(message)) return this.#onNotification(message, relatedId);
    if (typeof message.id === 'number') this.#end(message.id, { kind: 'answer', answer: message });
  }

  onAnswerLost(id: number, rejection: Rejection): void {
    this.#end(id, { kind: 'fault', rejection, isUntouched: false });
  }

  onLost(rejection: Rejection, pending: 'lost' | 'told'): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (pending === 'lost') this.#endAll();
    this.#owner.onLost(rejection);
  }

  async #initialize(hello: JsonObject): Promise<OpenFailure | undefined> {
    const end = await this.ask('initialize', hello);
    if (end.kind === 'fault') return { rejection: end.rejection };
    if (end.answer.error !== undefined) return { rejection: toInitializeFault(end.answer.error), error: end.answer.error };
    const result = toInitializeResult(end.answer.result);
    if (result === undefined) return { rejection: { reason: 'upstream_answer_invalid', fault: 'InitializeResult' } };
    this.#initialized = result;
    this.#transport.listen(result.protocolVersion);
    const sent = await this.#transport.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    return sent.ok ? undefined : { rejection: sent.error };
  }

  #onServerRequest(request: RpcRequest, relatedId: number | undefined): void {
    // Whether the other side of a connection lives is between the two ends of that connection.
    if (request.method === 'ping') return this.respond(request, {});
    const call = relatedId === undefined ? undefined : this.#pending.get(relatedId);
    (call?.listener ?? this.#owner).onServerRequest(request);
  }

  #onNotification(notification: RpcNotification, relatedId: number | undefined): void {
    if (notification.method !== 'notifications/progress') {
      this.#upstream.listChanges.noteMessage(this.#upstream.server.id, notification.method);
      const call = relatedId === undefined ? undefined : this.#pending.get(relatedId);
      return (call?.listener ?? this.#owner).onNotification(notification);
    }
    const token = notification.params?.['progressToken'];
    const call = typeof token === 'number' ? this.#pending.get(token) : undefined;
    // Progress of a call that is over, or of one that did not ask for it, is progress of nothing.
    if (call?.progressToken === undefined) return;
    call.listener.onNotification({ ...notification, params: { ...notification.params, progressToken: call.progressToken } });
  }

  #cancel(id: number, reason: string): void {
    this.#pending.get(id)?.hop.end('cancelled');
    if (!this.#pending.delete(id)) return;
    this.#transport.forget(id);
    void this.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id, reason } });
  }

  #end(id: number, end: CallEnd): void {
    const call = this.#pending.get(id);
    if (call === undefined) return;
    this.#pending.delete(id);
    this.lastUsedMs = Date.now();
    call.hop.end(end.kind === 'fault' ? end.rejection.reason : undefined);
    call.listener.onEnd(end);
  }

  #endAll(): void {
    const end: CallEnd = { kind: 'fault', rejection: { reason: 'upstream_connection_lost' }, isUntouched: false };
    for (const id of this.#pending.keys()) this.#end(id, end);
  }
}

/** Why a session could not be opened: what the caller is told, and the upstream's own words where it had any. */
export interface OpenFailure {
  readonly rejection: Rejection;
  readonly error?: RpcError;
}

/** An answer that never came says nothing about what the upstream did; a refusal to connect, or not to know the session, does. */
function isUntouched(rejection: Rejection): boolean {
  return rejection.reason === 'session_unknown' || rejection.reason === 'credential_unavailable' || isCredentialRefusal(rejection);
}

function replaceProgressToken(params: JsonObject | undefined, id: number) {
  const meta = params?.['_meta'];
  if (!isObject(meta) || meta['progressToken'] === undefined) return { ownParams: params, progressToken: undefined };
  return { ownParams: { ...params, _meta: { ...meta, progressToken: id } }, progressToken: meta['progressToken'] };
}

function toInitializeFault(error: RpcError): Rejection {
  return { reason: 'upstream_answer_invalid', fault: `initialize answered with code ${error.code}` };
}

function toInitializeResult(result: JsonObject | undefined): InitializeResult | undefined {
  if (result === undefined || typeof result['protocolVersion'] !== 'string') return undefined;
  const { protocolVersion, capabilities, serverInfo, instructions } = result;
  return {
    protocolVersion,
    capabilities: isObject(capabilities) ? capabilities : {},
    serverInfo: isObject(serverInfo) ? serverInfo : {},
    ...(typeof instructions === 'string' ? { instructions } : {}),
    raw: result,
  };
}
