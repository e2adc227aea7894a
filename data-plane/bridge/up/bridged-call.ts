import { isObject, type JsonObject, type JsonRpcId } from '../../mcp/message.ts';
import type { Rejection } from '../../request/rejection.ts';
import type { AdmittedCall } from '../../upstream/forwarder.ts';
import type { PostAnswer } from './post-answer.ts';
import type { BridgedSession, CancelableCall } from './bridged-session.ts';
import type { ModernCall, ModernListener } from './modern-call.ts';
import { findQuestions } from './questions.ts';
import { QuestionRound, type QuestionLimits } from './question-round.ts';
import { toLegacyError, toLegacyNotification, toLegacyResult } from './to-legacy.ts';
import type { ToolHeaders } from './tool-headers.ts';
import type { UpstreamSide } from './upstream-side.ts';

/** A request of a legacy client. */
export interface LegacyRequest {
  readonly id: JsonRpcId;
  readonly method: string;
  readonly name: string | undefined;
  readonly params: JsonObject | undefined;
}

/** What a bridged call works with. */
export interface BridgedCallContext {
  readonly call: AdmittedCall;
  readonly session: BridgedSession;
  readonly answer: PostAnswer;
  readonly upstream: UpstreamSide;
  readonly toolHeaders: ToolHeaders;
  readonly limits: QuestionLimits;
  /** Which log messages to ask for. */
  readonly logLevel: string | undefined;
  /** The upstream said that it does not speak the modern revision any longer. */
  readonly onRevisionRefused: () => void;
}

/** How often an upstream may ask before it has to answer. */
const MAX_ROUNDS = 10;

/** How long a call goes on whose client is gone, in milliseconds. In the legacy era leaving is not canceling; for ever is too long, though. */
const DETACHED_MS = 5 * 60_000;

const INTERNAL_ERROR = -32603;
const HEADER_MISMATCH = -32020;
const UNSUPPORTED_REVISION = -32022;

/** One request of a legacy client, executed by a modern upstream: sent, asked back about, sent again with the answers, and answered. */
export class BridgedCall implements ModernListener, CancelableCall {
  readonly #context: BridgedCallContext;
  readonly #request: LegacyRequest;
  #upstreamCall: ModernCall | undefined;
  #round: QuestionRound | undefined;
  #rounds = 0;
  #hasLearnedHeaders = false;
  /** What a retry adds to the parameters. */
  #answers: JsonObject = {};
  #detached: NodeJS.Timeout | undefined;
  #detachedBytes = 0;
  #isOver = false;

  constructor(context: BridgedCallContext, request: LegacyRequest) {
    this.#context = context;
    this.#request = request;
  }

  start(): void {
    const { session, answer } = this.#context;
    if (!session.addCall(this.#request.id, this)) {
      return answer.respond(this.#toError({ code: -32600, message: 'Too many requests are under way, or one with this id already.' }));
    }
    this.#send();
  }

  /** Ends the call without an answer (MCP 2025-11-25, Cancellation). */
  cancel(): void {
    if (!this.#finish()) return;
    this.#upstreamCall?.abort();
    this.#context.answer.drop();
  }

  /** The client's connection is gone. What the upstream was asked for still happens; what it asks back nobody will answer. */
  detach(): void {
    if (this.#isOver) return;
    if (this.#round !== undefined) return void this.#finish();
    this.#detachedBytes = this.#size();
    if (!this.#context.limits.parked.take(this.#detachedBytes)) {
      this.#detachedBytes = 0;
      return this.#abandon();
    }
    this.#detached = setTimeout(() => this.#abandon(), DETACHED_MS);
    this.#detached.unref();
  }

  /** The upstream took too long. How long the client may take, whom it asked, is another limit. */
  onOverdue(rejection: Rejection): void {
    if (this.#isOver || this.#round !== undefined) return;
    this.#upstreamCall?.abort();
    this.onFailure(rejection);
  }

  onStream(): void {
    this.#context.call.exchange.noteUpstreamHead();
    this.#context.answer.openStream();
  }

  onNotification(message: JsonObject): void {
    if (this.#isOver || this.#context.call.access?.isTold(message) === false) return;
    this.#context.answer.send(toLegacyNotification(message));
  }

  onResponse(response: JsonObject): void {
    if (this.#isOver) return;
    const { call, toolHeaders } = this.#context;
    call.exchange.noteUpstreamHead();
    if (this.#request.method === 'tools/list' && isObject(response['result'])) toolHeaders.learn(call, response['result']);
    const own: JsonObject = { ...response, id: this.#request.id };
    const { result, error } = call.access === undefined ? own : call.access.editResponse(own, 'modern');
    if (isObject(error)) return this.#onError(error);
    if (!isObject(result)) return;
    if (result['resultType'] === 'input_required') return this.#ask(result);
    const { method } = this.#request;
    this.#respond({ jsonrpc: '2.0', id: this.#request.id, result: toLegacyResult(method, result) });
  }

  onFailure(rejection: Rejection): void {
    if (this.#finish()) this.#context.answer.refuse(this.#request.id, rejection);
  }

  #send(): void {
    const { call, logLevel, session, toolHeaders, upstream } = this.#context;
    const { method, name } = this.#request;
    const params = { ...this.#request.params, ...this.#answers };
    const parameterHeaders = method === 'tools/call' ? toolHeaders.find(call, params) : [];
    this.#upstreamCall = upstream.send(call, session, { method, name, params, parameterHeaders, logLevel }, this);
  }

  #onError(error: JsonObject): void {
    const { call, onRevisionRefused, session, toolHeaders } = this.#context;
    const { method, params } = this.#request;
    if (error['code'] === UNSUPPORTED_REVISION) {
      onRevisionRefused();
      return this.onFailure({ reason: 'session_unknown' });
    }
    // Refused before execution, so it may be sent again: with the headers that the schema of the tool names.
    if (error['code'] === HEADER_MISMATCH && method === 'tools/call' && !this.#hasLearnedHeaders) {
      this.#hasLearnedHeaders = true;
      toolHeaders.load(call, session, () => (this.#isOver ? undefined : this.#send()));
      return;
    }
    this.#respond(this.#toError(toLegacyError(method, params, error)));
  }

  #ask(result: JsonObject): void {
    if (this.#detached !== undefined) return void this.#finish();
    const { answer, limits, session } = this.#context;
    const questions = findQuestions(result, session.client.capabilities);
    if ('fault' in questions) return this.#fail(`The MCP server asked for what cannot be answered: ${questions.fault}.`);
    if (++this.#rounds > MAX_ROUNDS) return this.#fail(`The MCP server asked more than ${MAX_ROUNDS} times.`);
    const round = new QuestionRound({ session, answer, limits, questions }, (outcome) => {
      this.#round = undefined;
      if ('error' in outcome) return this.#respond(this.#toError(outcome.error));
      const state = result['requestState'];
      this.#answers = { ...(questions.length === 0 ? {} : outcome), ...(state === undefined ? {} : { requestState: state }) };
      this.#send();
    });
    this.#round = round;
    round.start(this.#size() + JSON.stringify(result).length);
  }

  #abandon(): void {
    this.#finish();
    this.#upstreamCall?.abort();
  }

  /** About what the call keeps in memory, in bytes. */
  #size(): number {
    return JSON.stringify(this.#request.params ?? {}).length;
  }

  #fail(message: string): void {
    this.#respond(this.#toError({ code: INTERNAL_ERROR, message }));
  }

  #respond(response: JsonObject): void {
    if (this.#finish()) this.#context.answer.respond(response);
  }

  #toError(error: JsonObject): JsonObject {
    return { jsonrpc: '2.0', id: this.#request.id, error };
  }

  /** Whether it was not over before. */
  #finish(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    clearTimeout(this.#detached);
    if (this.#detached !== undefined) this.#context.limits.parked.release(this.#detachedBytes);
    this.#round?.end();
    this.#context.session.deleteCall(this.#request.id, this);
    return true;
  }
}
