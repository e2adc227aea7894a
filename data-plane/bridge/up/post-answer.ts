import type { JsonObject, JsonRpcId } from '../../mcp/message.ts';
import type { Exchange } from '../../request/exchange.ts';
import type { Rejection } from '../../request/rejection.ts';
import type { StreamHeartbeat } from '../../upstream/stream-heartbeat.ts';
import { ClientAnswer } from '../client-answer.ts';

/** What a POST of a legacy client is answered with. */
export interface PostAnswerOptions {
  readonly exchange: Exchange;
  readonly heartbeat: StreamHeartbeat;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  /** How many requests the POST carried. */
  readonly requests: number;
  /** Whether they came in an array, so that the responses leave in one. */
  readonly isBatch: boolean;
  /** Whether responses leave as a stream even if nothing came before them, as those of the public SDK's servers do. */
  readonly prefersStream?: boolean;
}

/** The answer to a POST with one request or, on revisions that have batches, several: complete once each of them has its response. */
export class PostAnswer {
  readonly #options: PostAnswerOptions;
  readonly #answer: ClientAnswer;
  #responses: JsonObject[] = [];
  #missing: number;

  /**
   * @param onGone the client left before its answer was complete.
   * @param onOverdue the upstream said nothing for longer than it may: every request that waits for it gets the refusal.
   */
  constructor(options: PostAnswerOptions, onGone: () => void, onOverdue: (rejection: Rejection) => void) {
    this.#options = options;
    this.#missing = options.requests;
    this.#answer = new ClientAnswer(options);
    this.#answer.onGone = onGone;
    this.#answer.onOverdue = onOverdue;
  }

  /** Whether the answer is complete or the client has left. */
  get isOver(): boolean {
    return this.#answer.isOver;
  }

  /** Begins a stream: the responses may take their time. */
  openStream(): void {
    this.#answer.openStream();
  }

  /** Sends a notification or a request of the upstream. */
  send(message: JsonObject): void {
    this.#answer.send(message);
  }

  /** Sends the response to one of the requests. The last one completes the answer. */
  respond(response: JsonObject): void {
    this.#responses.push(response);
    this.#count();
  }

  /** Answers one of the requests with a refusal. A lone request gets its HTTP status as well. */
  refuse(id: JsonRpcId, rejection: Rejection): void {
    if (!this.#options.isBatch) return this.#answer.refuse(rejection);
    this.#options.exchange.rejection = rejection;
    const { code, message, data } = this.#options.exchange.toWire(rejection);
    this.respond({ jsonrpc: '2.0', id, error: { code, message, data } });
  }

  /** Leaves one of the requests without a response, because its client canceled it (MCP 2025-11-25, Cancellation). */
  drop(): void {
    this.#count();
  }

  #count(): void {
    this.#missing--;
    const isStream = this.#options.prefersStream === true || this.#options.exchange.res.headersSent;
    if (isStream) for (const response of this.#take()) this.#answer.send(response);
    if (this.#missing > 0) return;
    const responses = this.#take();
    const [first] = responses;
    if (isStream || first === undefined) return this.#answer.endStream();
    this.#answer.end(this.#options.isBatch ? responses : first);
  }

  #take(): readonly JsonObject[] {
    const taken = this.#responses;
    this.#responses = [];
    return taken;
  }
}
