import { isObject, type JsonObject, type JsonRpcId } from '../../mcp/message.ts';
import type { PostAnswer } from './post-answer.ts';
import type { ParkedBudget } from '../parked-budget.ts';
import type { BridgedSession } from './bridged-session.ts';
import { toLegacyParams, type Question } from './questions.ts';

/** What bounds calls that wait for a person or a model. */
export interface QuestionLimits {
  readonly parked: ParkedBudget;
  /** How long a client may take to reply, in milliseconds. */
  readonly waitMs: number;
}

/** What a round works with. */
export interface QuestionRoundContext {
  readonly session: BridgedSession;
  readonly answer: PostAnswer;
  readonly limits: QuestionLimits;
  readonly questions: readonly Question[];
}

/** The replies by the keys of the questions, or the error that ends the call. */
export type RoundOutcome = { readonly inputResponses: JsonObject } | { readonly error: JsonObject };

const INTERNAL_ERROR = -32603;

/** One round of questions to a legacy client: asked on the stream of its call, replied to by POSTs of their own. */
export class QuestionRound {
  readonly #context: QuestionRoundContext;
  readonly #onOver: (outcome: RoundOutcome) => void;
  readonly #open = new Set<JsonRpcId>();
  readonly #replies: Record<string, unknown> = {};
  #timer: NodeJS.Timeout | undefined;
  #takenBytes = 0;
  #isOver = false;

  /** @param onOver called once, unless {@link end} comes before. */
  constructor(context: QuestionRoundContext, onOver: (outcome: RoundOutcome) => void) {
    this.#context = context;
    this.#onOver = onOver;
  }

  /** Asks. @param bytes what the call costs while it waits. */
  start(bytes: number): void {
    const { limits, questions } = this.#context;
    if (questions.length === 0) return this.#settle({ inputResponses: {} });
    if (!limits.parked.take(bytes)) return this.#settle(toError('Too many calls are waiting for their clients. Try again later.'));
    this.#takenBytes = bytes;
    this.#timer = setTimeout(() => this.#settle(toError('The client did not reply in time to what the MCP server asked.')), limits.waitMs);
    this.#timer.unref();
    for (const question of questions) this.#ask(question);
  }

  /** Forgets the questions. Replies that still come are late. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    for (const id of this.#open) this.#context.session.deleteQuestion(id);
    if (this.#takenBytes > 0) this.#context.limits.parked.release(this.#takenBytes);
  }

  #ask(question: Question): void {
    const { answer, session } = this.#context;
    const id = session.addQuestion((reply) => this.#onReply(id, question, reply));
    this.#open.add(id);
    const params = toLegacyParams(question, session.client.protocolVersion);
    const request = { jsonrpc: '2.0', id, method: question.method };
    answer.send(params === undefined ? request : { ...request, params });
  }

  #onReply(id: JsonRpcId, question: Question, { result, error }: JsonObject): void {
    this.#open.delete(id);
    // The modern era has no reply that is an error; a legacy server would have failed its call with it.
    if (!isObject(result)) return this.#settle({ error: isObject(error) ? error : toError('The reply is invalid.').error });
    this.#replies[question.key] = result;
    if (this.#open.size === 0) this.#settle({ inputResponses: this.#replies });
  }

  #settle(outcome: RoundOutcome): void {
    if (this.#isOver) return;
    this.end();
    this.#onOver(outcome);
  }
}

function toError(message: string): { readonly error: JsonObject } {
  return { error: { code: INTERNAL_ERROR, message } };
}
