import type { CallEnd, CallListener, LegacyCall } from '../../legacy/legacy-session.ts';
import type { RpcAnswer, RpcNotification, RpcRequest } from '../../mcp/json-rpc.ts';
import type { JsonObject, JsonRpcId } from '../../mcp/message.ts';
import { META } from '../../mcp/modern-envelope.ts';
import { startHop } from '../../telemetry/tracing.ts';
import { findUpstreamAddress } from '../../upstream/upstream-address.ts';
import type { AdmittedCall } from '../../upstream/forwarder.ts';
import type { ClientAnswer } from '../client-answer.ts';
import type { DownSession } from './down-session.ts';
import { toLogLevel } from './from-modern.ts';
import type { ParkedCalls } from './parked-calls.ts';
import { canCarry, findRequiredVisits, toQuestion } from './questions.ts';
import { toModernError, toModernResult, toModernStatus } from './to-modern.ts';

/** How long a first question waits for others that the upstream asks together with it, in milliseconds. */
const GATHER_MS = 20;

/** How many notifications are kept for a client that is away. */
const MAX_HELD_NOTIFICATIONS = 50;

/** How many questions one call may have open. */
const MAX_QUESTIONS = 32;

/** The request of a client that waits for the answer of a call. */
export interface Waiter {
  readonly origin: AdmittedCall;
  readonly answer: ClientAnswer;
  readonly id: JsonRpcId;
  readonly progressToken: unknown;
  /** The least severe level that the client wants to be told of; -1 for none at all. */
  readonly logLevel: number;
}

export interface DownCallOptions {
  readonly session: DownSession;
  readonly parked: ParkedCalls;
  readonly method: string;
  /** In the words of the legacy era. */
  readonly params: JsonObject | undefined;
  /** The session was lost before the upstream worked on the call. */
  readonly onUntouched: (waiter: Waiter) => void;
}

/**
 * One call of a modern client at a legacy upstream. It outlives the client's request: when the upstream asks something, the request is
 * answered with the question, and the call waits, parked, until the client comes back with what was asked for.
 */
export class DownCall implements CallListener {
  readonly #options: DownCallOptions;
  readonly #questions = new Map<string, RpcRequest>();
  #asked = 0;
  #waiter: Waiter | undefined;
  #upstream: LegacyCall | undefined;
  #gathering: NodeJS.Timeout | undefined;
  #end: CallEnd | undefined;
  #held: RpcNotification[] = [];
  #heldBytes = 0;

  constructor(options: DownCallOptions) {
    this.#options = options;
  }

  /** Sends the call upstream, unless the upstream has to be answered something first. */
  async start(waiter: Waiter): Promise<void> {
    const { session } = this.#options;
    this.#attach(waiter);
    session.enter(this);
    if (waiter.logLevel >= 0) await session.raiseLogLevel(waiter.logLevel);
    if (this.#waiter === undefined) return; // the client left meanwhile
    for (const request of session.takeWaiting((candidate) => this.canAsk(candidate))) this.#note(request);
    if (this.#questions.size > 0) this.#park();
    else this.#send();
  }

  /** Whether a request of a client may continue this call. */
  isSameCall(method: string, params: JsonObject | undefined): boolean {
    const own = this.#options;
    return method === own.method && params?.['name'] === own.params?.['name'] && params?.['uri'] === own.params?.['uri'];
  }

  /** The client came back. What it does not answer, or answers in no usable form, it is asked again. */
  resume(waiter: Waiter, responses: JsonObject): void {
    this.#attach(waiter);
    for (const notification of this.#takeHeld()) this.onNotification(notification);
    if (this.#end !== undefined) return this.#finish(waiter, this.#end);
    for (const [key, request] of this.#questions) {
      const response = Object.hasOwn(responses, key) ? responses[key] : undefined;
      if (typeof response !== 'object' || response === null || Array.isArray(response)) continue;
      this.#questions.delete(key);
      this.#options.session.respond(request, response as JsonObject);
    }
    if (this.#questions.size > 0) this.#park();
    else if (this.#upstream === undefined) this.#send();
  }

  /** The client did not come back in time. */
  giveUp(): void {
    this.#takeHeld();
    this.#abandon('The client did not answer in time.');
  }

  /** Whether a client waits for it at this moment. */
  get isAttended(): boolean {
    return this.#waiter !== undefined;
  }

  canAsk(request: RpcRequest): boolean {
    const { method, session } = this.#options;
    return this.#questions.size < MAX_QUESTIONS && canCarry(method, session.client.capabilities, request);
  }

  /** Whether a notification that names no call may be one of this call's. */
  wants(notification: RpcNotification): boolean {
    return notification.method !== 'notifications/message' || this.#wantsLog(notification);
  }

  onNotification(notification: RpcNotification): void {
    const { session } = this.#options;
    if (notification.method === 'notifications/cancelled') return this.onQuestionCancelled(notification.params?.['requestId']);
    // Told to those who listen for it, never on the answer of a call; and gone from the modern era.
    if (session.subscriptions.onNotification(notification) || notification.method === 'notifications/elicitation/complete') return;
    if (this.#waiter === undefined) return this.#hold(notification);
    if (notification.method === 'notifications/progress') return this.#sendProgress(this.#waiter, notification);
    if (this.wants(notification)) this.#waiter.answer.send(notification);
  }

  onServerRequest(request: RpcRequest): void {
    if (!this.canAsk(request)) return this.#options.session.refuse(request);
    this.#note(request);
    if (this.#waiter === undefined) return; // it is asked when the client is back
    this.#gathering ??= setTimeout(() => this.#park(), GATHER_MS);
  }

  onQuestionCancelled(requestId: unknown): void {
    for (const [key, request] of this.#questions) if (request.id === requestId) this.#questions.delete(key);
  }

  onEnd(end: CallEnd): void {
    clearTimeout(this.#gathering);
    this.#options.session.leave(this);
    this.#end = end;
    if (this.#waiter !== undefined) return this.#finish(this.#waiter, end);
    const bytes = JSON.stringify(end).length;
    if (this.#options.parked.canHold(bytes)) this.#countHeld(bytes);
    else this.#end = { kind: 'fault', rejection: { reason: 'parked_calls_full' }, isUntouched: false };
  }

  #attach(waiter: Waiter): void {
    this.#waiter = waiter;
    waiter.answer.onGone = () => this.#onClientGone();
    waiter.answer.onOverdue = (rejection) => {
      this.#waiter = undefined;
      waiter.answer.refuse(rejection);
      this.#abandon('The server took too long.');
    };
  }

  /** In the modern era, closing the request cancels the call (MCP 2026-07-28, Transports, Cancellation). */
  #onClientGone(): void {
    this.#waiter = undefined;
    this.#abandon('The client closed the request.');
  }

  #send(): void {
    const { session, method, params } = this.#options;
    const { exchange, target } = this.#waiter!.origin;
    const hop = startHop(exchange, findUpstreamAddress(target.server));
    this.#upstream = session.request(method, params, this, hop);
  }

  #note(request: RpcRequest): void {
    const kind = request.method.slice(0, request.method.indexOf('/'));
    this.#questions.set(`${kind}-${++this.#asked}`, request);
  }

  #park(): void {
    this.#gathering = undefined;
    const waiter = this.#waiter;
    if (waiter === undefined || this.#questions.size === 0) return;
    const ticket = this.#options.parked.park(this, waiter.origin);
    this.#waiter = undefined;
    if (ticket === undefined) {
      waiter.answer.refuse({ reason: 'parked_calls_full' });
      return this.#abandon('The gateway cannot keep more calls.');
    }
    const inputRequests = Object.fromEntries([...this.#questions].map(([key, request]) => [key, toQuestion(request)]));
    this.#answer(waiter, { inputRequests, requestState: ticket, resultType: 'input_required' });
  }

  #finish(waiter: Waiter, end: CallEnd): void {
    this.#waiter = undefined;
    waiter.origin.exchange.noteUpstreamHead();
    if (end.kind === 'answer') return this.#pass(waiter, end.answer);
    if (end.isUntouched && end.rejection.reason === 'session_unknown') return this.#options.onUntouched(waiter);
    waiter.answer.refuse(end.rejection);
    waiter.origin.exchange.outcome = 'upstream_failed';
  }

  #pass(waiter: Waiter, answer: RpcAnswer): void {
    const { access } = waiter.origin;
    const { result, error } = access === undefined ? answer : access.editResponse({ ...answer, id: waiter.id }, 'legacy');
    const { method, params, session } = this.#options;
    if (error === undefined) return this.#answer(waiter, toModernResult(method, result ?? {}, session.initialized.serverInfo));
    const visits = findRequiredVisits(error);
    if (
      visits !== undefined &&
      canCarry(method, session.client.capabilities, { jsonrpc: '2.0', id: 0, method: 'elicitation/create', params: { mode: 'url' } })
    ) {
      // Without a ticket: the upstream did nothing, so the client simply calls again.
      const inputRequests = Object.fromEntries(visits.map((visit, position) => [`elicitation-${position + 1}`, visit]));
      return this.#answer(waiter, { inputRequests, resultType: 'input_required' });
    }
    const translated = toModernError(method, params, error);
    waiter.answer.end({ jsonrpc: '2.0', id: waiter.id, error: translated }, toModernStatus(translated));
  }

  #answer(waiter: Waiter, result: JsonObject): void {
    const meta = { [META.serverInfo]: this.#options.session.initialized.serverInfo };
    waiter.answer.end({ jsonrpc: '2.0', id: waiter.id, result: { _meta: meta, ...result } });
  }

  #sendProgress(waiter: Waiter, notification: RpcNotification): void {
    if (waiter.progressToken === undefined) return;
    waiter.answer.send({ ...notification, params: { ...notification.params, progressToken: waiter.progressToken } });
  }

  #wantsLog(notification: RpcNotification): boolean {
    const level = this.#waiter?.logLevel ?? -1;
    return level >= 0 && toLogLevel(notification.params?.['level']) >= level;
  }

  #hold(notification: RpcNotification): void {
    const bytes = JSON.stringify(notification).length;
    if (this.#held.length >= MAX_HELD_NOTIFICATIONS || !this.#options.parked.canHold(bytes)) return;
    this.#held.push(notification);
    this.#countHeld(bytes);
  }

  #takeHeld(): readonly RpcNotification[] {
    const held = this.#held;
    this.#held = [];
    this.#countHeld(-this.#heldBytes);
    return held;
  }

  #countHeld(bytes: number): void {
    this.#heldBytes += bytes;
    this.#options.parked.heldBytes += bytes;
  }

  #abandon(reason: string): void {
    clearTimeout(this.#gathering);
    const { session } = this.#options;
    session.leave(this);
    for (const request of this.#questions.values()) session.refuse(request);
    this.#questions.clear();
    this.#upstream?.cancel(reason);
  }
}
