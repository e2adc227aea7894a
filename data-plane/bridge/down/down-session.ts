import { err, ok, type Result } from '../../../foundation/result.ts';
import { LegacySession, type CallListener, type LegacyCall, type OpenFailure, type SessionListener } from '../../legacy/legacy-session.ts';
import type { LegacyUpstream } from '../../legacy/legacy-transport.ts';
import type { ClientHello } from '../../mcp/client-hello.ts';
import type { RpcNotification, RpcRequest } from '../../mcp/json-rpc.ts';
import type { JsonObject } from '../../mcp/message.ts';
import type { InitializeResult } from '../../legacy/legacy-session.ts';
import type { UpstreamHop } from '../../telemetry/upstream-hop.ts';
import type { DownCall } from './down-call.ts';
import { toLogLevelName } from './from-modern.ts';
import { METHOD_NOT_FOUND } from './to-modern.ts';
import { ToolParameters } from './tool-parameters.ts';
import { UpstreamSubscriptions } from './upstream-subscriptions.ts';

/** How many requests of the upstream wait for a call that can carry them to the client, and for how long, in milliseconds. */
const MAX_WAITING = 16;
const WAITING_MS = 60_000;

const NOBODY_TO_ASK = { code: METHOD_NOT_FOUND, message: 'The client cannot be asked this now.' };

/** One pooled session with a legacy upstream, shared by the calls of one caller's clients that declare the same. */
export class DownSession implements SessionListener {
  readonly client: ClientHello;
  readonly subscriptions = new UpstreamSubscriptions(this);
  readonly toolParameters = new ToolParameters(this);
  readonly #onLost: (session: DownSession) => void;
  /** In the order they began. An array, for the reason that `InFlight` has. */
  readonly #calls: DownCall[] = [];
  readonly #waiting = new Map<RpcRequest, NodeJS.Timeout>();
  #legacy: LegacySession | undefined;
  /** The level that the upstream logs at; 8 is above all. */
  #logLevel = 8;

  private constructor(client: ClientHello, onLost: (session: DownSession) => void) {
    this.client = client;
    this.#onLost = onLost;
  }

  static async open(
    upstream: LegacyUpstream,
    client: ClientHello,
    onLost: (session: DownSession) => void,
  ): Promise<Result<DownSession, OpenFailure>> {
    const session = new DownSession(client, onLost);
    const opened = await LegacySession.open(upstream, { ...client }, session);
    if (!opened.ok) return err(opened.error);
    session.#legacy = opened.value;
    return ok(session);
  }

  get initialized(): InitializeResult {
    return this.#session.initialized;
  }

  get isOver(): boolean {
    return this.#session.isOver;
  }

  /** Since when nobody has used it, in milliseconds since the epoch; undefined while somebody does. */
  get idleSinceMs(): number | undefined {
    const isBusy = this.#calls.length > 0 || this.subscriptions.isUsed || this.#session.pendingCalls > 0;
    return isBusy ? undefined : this.#session.lastUsedMs;
  }

  request(method: string, params: JsonObject | undefined, listener: CallListener, hop: UpstreamHop): LegacyCall {
    return this.#session.request(method, params, listener, hop);
  }

  /** A request of the gateway's own; undefined where the upstream answered with an error, or not in time. */
  async ask(method: string, params: JsonObject): Promise<JsonObject | undefined> {
    const end = await this.#session.ask(method, params, this);
    return end.kind === 'answer' ? end.answer.result : undefined;
  }

  notify(notification: RpcNotification): void {
    void this.#session.send(notification);
  }

  respond(request: RpcRequest, result: JsonObject): void {
    this.#session.respond(request, result);
  }

  refuse(request: RpcRequest): void {
    this.#session.refuse(request, NOBODY_TO_ASK);
  }

  /** Notes a call for as long as it runs, so that what belongs to no call finds one. */
  enter(call: DownCall): void {
    this.#calls.push(call);
  }

  leave(call: DownCall): void {
    const position = this.#calls.indexOf(call);
    if (position >= 0) this.#calls.splice(position, 1);
  }

  /** Lets the upstream log at least this much. It is never told to log less: what a call did not ask for is left out of its answer. */
  async raiseLogLevel(level: number): Promise<void> {
    if (level < 0 || level >= this.#logLevel || this.initialized.capabilities['logging'] === undefined) return;
    this.#logLevel = level;
    await this.ask('logging/setLevel', { level: toLogLevelName(level) });
  }

  /** The requests of the upstream that a call with these capabilities can carry to its client. They are the call's from here on. */
  takeWaiting(canAsk: (request: RpcRequest) => boolean): readonly RpcRequest[] {
    const taken = [...this.#waiting.keys()].filter(canAsk);
    for (const request of taken) this.#forgetWaiting(request);
    return taken;
  }

  onNotification(notification: RpcNotification): void {
    if (notification.method === 'notifications/cancelled') return this.#onCancelled(notification);
    if (this.subscriptions.onNotification(notification)) {
      if (notification.method === 'notifications/tools/list_changed') this.toolParameters.forget();
      return;
    }
    this.#newest((call) => call.wants(notification))?.onNotification(notification);
  }

  /** In the modern era only a call can carry a question to the client: the newest one, else the next. */
  onServerRequest(request: RpcRequest): void {
    const call = this.#newest((candidate) => candidate.isAttended && candidate.canAsk(request));
    if (call !== undefined) return call.onServerRequest(request);
    if (this.#waiting.size >= MAX_WAITING) return this.refuse(request);
    const timer = setTimeout(() => {
      this.#waiting.delete(request);
      this.refuse(request);
    }, WAITING_MS);
    timer.unref();
    this.#waiting.set(request, timer);
  }

  onLost(): void {
    this.#letGo();
    this.#onLost(this);
  }

  /** Ends the session upstream, and whatever is left on it. */
  async close(): Promise<void> {
    this.#letGo();
    await this.#session.close();
  }

  get #session(): LegacySession {
    return this.#legacy!;
  }

  #newest(matches: (call: DownCall) => boolean): DownCall | undefined {
    return this.#calls.findLast(matches);
  }

  /** The upstream does not wait for an answer any longer. */
  #onCancelled(notification: RpcNotification): void {
    const id = notification.params?.['requestId'];
    for (const request of this.#waiting.keys()) if (request.id === id) this.#forgetWaiting(request);
    for (const call of this.#calls.slice()) call.onQuestionCancelled(id);
  }

  #forgetWaiting(request: RpcRequest): void {
    clearTimeout(this.#waiting.get(request));
    this.#waiting.delete(request);
  }

  #letGo(): void {
    for (const request of this.#waiting.keys()) this.#forgetWaiting(request);
    this.subscriptions.end();
  }
}
