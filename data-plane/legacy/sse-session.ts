import { err, ok, type Result } from '../../foundation/result.ts';
import type { CallAccess } from '../access/call-access.ts';
import type { ClientAnswer } from '../bridge/client-answer.ts';
import type { PostAnswer } from '../bridge/up/post-answer.ts';
import { InFlight } from '../in-flight.ts';
import { isRpcRequest, type RpcAnswer, type RpcNotification, type RpcRequest } from '../mcp/json-rpc.ts';
import type { JsonObject, JsonRpcId } from '../mcp/message.ts';
import type { AdmittedCall } from '../upstream/forwarder.ts';
import type { Rejection } from '../request/rejection.ts';
import type { UpstreamHop } from '../telemetry/upstream-hop.ts';
import {
  LegacySession,
  type CallEnd,
  type CallListener,
  type InitializeResult,
  type LegacyCall,
  type OpenFailure,
  type SessionListener,
} from './legacy-session.ts';
import type { LegacyUpstream } from './legacy-transport.ts';

/** How many messages of the upstream wait for a stream of the client. */
const MAX_WAITING = 100;

/** How many resources are subscribed to again after the upstream's stream broke. */
const MAX_REMEMBERED = 1_000;

/** What the upstream forgot with the stream that broke, and the client does not know to be forgotten. */
interface Remembered {
  logLevel: JsonObject | undefined;
  readonly subscriptions: Map<string, JsonObject>;
}

/**
 * A legacy client's session on an upstream with HTTP+SSE: one upstream stream, kept by one process. When the stream breaks, the calls
 * under way fail, because nobody knows whether they were executed; the next message opens another one in its place.
 */
export class SseSession implements SessionListener {
  readonly key: string;
  readonly callerId: string;
  usedAtMs = Date.now();
  /** As of the client's last request: what it may not know of what the upstream says. */
  access: CallAccess | undefined;
  /** Who that was, and where. */
  origin: Pick<AdmittedCall, 'caller' | 'target'>;
  readonly #hello: JsonObject;
  readonly #calls = new InFlight<unknown, { readonly answer: PostAnswer; readonly call: LegacyCall }>();
  readonly #remembered: Remembered = { logLevel: undefined, subscriptions: new Map() };
  #waiting: (RpcRequest | RpcNotification)[] = [];
  #stream: ClientAnswer | undefined;
  #legacy: LegacySession | undefined;
  #isClosed = false;
  #reopening: Promise<Result<LegacySession, OpenFailure>> | undefined;

  /** @param hello the parameters of the client's `initialize`. */
  constructor(key: string, { caller, target }: Pick<AdmittedCall, 'caller' | 'target'>, hello: JsonObject) {
    this.key = key;
    this.callerId = caller.id;
    this.origin = { caller, target };
    this.#hello = hello;
  }

  get initialized(): InitializeResult {
    return this.#legacy!.initialized;
  }

  /** A call whose client has left does not count: the upstream may wait for an answer that nobody will give. */
  isIdle(beforeMs: number): boolean {
    const isAwaited = [...this.#calls.values()].some(({ answer }) => !answer.isOver);
    const isOpening = this.#reopening !== undefined;
    return this.#stream === undefined && !isAwaited && !isOpening && this.usedAtMs < beforeMs;
  }

  /** The upstream's side of the session, opened where it is not. Requests that come meanwhile share the opening. */
  open(upstream: LegacyUpstream): Promise<Result<LegacySession, OpenFailure>> {
    this.usedAtMs = Date.now();
    if (this.#legacy?.isOver === false) return Promise.resolve(ok(this.#legacy));
    this.#reopening ??= this.#open(upstream).finally(() => void (this.#reopening = undefined));
    return this.#reopening;
  }

  /** Sends a request of the client. Its answer goes to the POST that it came with. */
  request(legacy: LegacySession, request: RpcRequest, answer: PostAnswer, hop: UpstreamHop): void {
    this.#remember(request);
    const { access } = this;
    const listener: CallListener = {
      onNotification: (notification) => {
        if (access?.isTold(notification) !== false) answer.send({ ...notification });
      },
      onServerRequest: (asked) => this.onServerRequest(asked),
      onEnd: (end) => this.#onEnd(request, answer, toTold(request, end, access)),
    };
    const call = legacy.request(request.method, request.params, listener, hop);
    this.#calls.set(request.id, { answer, call });
  }

  /** Gives up a request that the upstream takes too long for. */
  giveUp(requestId: unknown, rejection: Rejection): void {
    const running = this.#calls.get(requestId);
    if (running === undefined) return;
    this.#calls.delete(requestId);
    running.call.cancel('The server took too long.');
    running.answer.refuse(requestId as JsonRpcId, rejection);
  }

  /** Sends what needs no answer. */
  async send(legacy: LegacySession, message: RpcNotification | RpcAnswer): Promise<void> {
    if (!('method' in message)) return void (await legacy.send(message));
    // The gateway has said it already, on behalf of the client.
    if (message.method === 'notifications/initialized') return;
    if (message.method === 'notifications/cancelled') return this.#cancel(message.params?.['requestId']);
    await legacy.send(message);
  }

  /** A client that opens another stream has lost the first, though its connection may not know that. */
  openStream(stream: ClientAnswer): void {
    this.#stream?.endStream();
    this.#stream = stream;
    stream.onGone = () => {
      if (this.#stream === stream) this.#stream = undefined;
    };
    stream.openStream();
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const message of waiting) stream.send(message);
  }

  onNotification(notification: RpcNotification): void {
    if (this.access?.isTold(notification) !== false) this.#deliver(notification);
  }

  onServerRequest(request: RpcRequest): void {
    this.#deliver(request);
  }

  /** The client's stream ends with the upstream's: opening it again is what opens that one again. */
  onLost(_rejection: Rejection): void {
    this.#stream?.endStream();
    this.#stream = undefined;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.onLost({ reason: 'session_unknown' });
    this.#waiting = [];
    await this.#legacy?.close();
  }

  async #open(upstream: LegacyUpstream): Promise<Result<LegacySession, OpenFailure>> {
    const opened = await LegacySession.open(upstream, this.#hello, this);
    if (!opened.ok) return opened;
    if (this.#isClosed) {
      await opened.value.close();
      return err({ rejection: { reason: 'session_unknown' } });
    }
    this.usedAtMs = Date.now();
    this.#legacy = opened.value;
    const { logLevel, subscriptions } = this.#remembered;
    if (logLevel !== undefined) this.#repeat(opened.value, 'logging/setLevel', logLevel);
    for (const params of subscriptions.values()) this.#repeat(opened.value, 'resources/subscribe', params);
    return opened;
  }

  #repeat(legacy: LegacySession, method: string, params: JsonObject): void {
    const ignore = () => undefined;
    legacy.request(method, params, { onNotification: ignore, onServerRequest: (request) => this.onServerRequest(request), onEnd: ignore });
  }

  #remember({ method, params }: RpcRequest): void {
    const { subscriptions } = this.#remembered;
    const uri = params?.['uri'];
    if (method === 'logging/setLevel') this.#remembered.logLevel = params;
    else if (typeof uri !== 'string') return;
    else if (method === 'resources/unsubscribe') subscriptions.delete(uri);
    else if (method === 'resources/subscribe' && subscriptions.size < MAX_REMEMBERED) subscriptions.set(uri, { uri });
  }

  #onEnd(request: RpcRequest, answer: PostAnswer, end: CallEnd): void {
    this.#calls.delete(request.id);
    this.usedAtMs = Date.now();
    if (end.kind === 'answer') answer.respond({ ...end.answer, id: request.id });
    else answer.refuse(request.id as string | number, end.rejection);
  }

  #cancel(requestId: unknown): void {
    const running = this.#calls.get(requestId);
    if (running === undefined) return;
    this.#calls.delete(requestId);
    running.call.cancel('The client canceled the request.');
    running.answer.drop();
  }

  /** To the stream that is there for it, else to the newest request that waits, else to whichever comes first. */
  #deliver(message: RpcRequest | RpcNotification): void {
    if (this.#stream !== undefined && !this.#stream.isOver) return this.#stream.send(message);
    const newest = this.#calls.values().findLast(({ answer }) => !answer.isOver);
    if (newest !== undefined) return newest.answer.send({ ...message });
    if (this.#waiting.length < MAX_WAITING) this.#waiting.push(message);
    else if (isRpcRequest(message)) this.#legacy?.refuse(message, { code: -32603, message: 'The client cannot be reached.' });
  }
}

/** What the client may know of the end of a call. */
function toTold(request: RpcRequest, end: CallEnd, access: CallAccess | undefined): CallEnd {
  if (access === undefined || end.kind !== 'answer') return end;
  return { ...end, answer: access.editResponse({ ...end.answer, id: request.id }, 'legacy') };
}
