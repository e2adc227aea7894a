import { InFlight } from '../../in-flight.ts';
import type { ClientHello } from '../../mcp/client-hello.ts';
import type { JsonObject, JsonRpcId } from '../../mcp/message.ts';

/** Something that runs in a session and can be ended from outside. */
export interface Endable {
  end(): void;
}

/** A call that its client may cancel. */
export interface CancelableCall {
  cancel(): void;
}

/** The stream that a client opened by GET. */
export interface NotificationStream extends Endable {
  /** Asks the upstream for updates of exactly these resources. Resolves with those it agreed to. */
  watch(uris: ReadonlySet<string>): Promise<ReadonlySet<string>>;
}

/** A question that waits for the client's reply. */
type OnReply = (reply: JsonObject) => void;

/** How many calls one session may have under way, and how much it may watch, in characters of URIs: more is a client that lost count. */
const MAX_CALLS = 256;
const MAX_WATCHED = 64 * 1024;

/** What the gateway keeps of a legacy client whose upstream keeps nothing: the modern era has no sessions. */
export class BridgedSession {
  readonly key: string;
  readonly client: ClientHello;
  /** Which log messages the client asked for. Undefined: it did not say. */
  logLevel: string | undefined;
  readonly watched = new Set<string>();
  stream: NotificationStream | undefined;
  usedAtMs = Date.now();
  readonly #calls = new InFlight<JsonRpcId, CancelableCall>();
  readonly #questions = new Map<JsonRpcId, OnReply>();
  #lastQuestionId = 0;

  constructor(key: string, client: ClientHello) {
    this.key = key;
    this.client = client;
  }

  /** Whether nothing would be lost but what its id brings back, or what a client that is silent for so long does not miss. */
  isIdle(nowMs: number, idleMs: number): boolean {
    return this.#calls.size === 0 && this.stream === undefined && nowMs - this.usedAtMs >= idleMs;
  }

  /** Notes a call by the id its client gave it. False where there are too many, or one with this id already. */
  addCall(id: JsonRpcId, call: CancelableCall): boolean {
    if (this.#calls.size >= MAX_CALLS || this.#calls.has(id)) return false;
    this.#calls.set(id, call);
    return true;
  }

  deleteCall(id: JsonRpcId, call: CancelableCall): void {
    if (this.#calls.get(id) === call) this.#calls.delete(id);
    this.usedAtMs = Date.now();
  }

  cancelCall(id: unknown): void {
    if (typeof id === 'string' || typeof id === 'number') this.#calls.get(id)?.cancel();
  }

  /** Notes a question and returns the id under which the client will reply. */
  addQuestion(onReply: OnReply): JsonRpcId {
    const id = ++this.#lastQuestionId;
    this.#questions.set(id, onReply);
    return id;
  }

  deleteQuestion(id: JsonRpcId): void {
    this.#questions.delete(id);
  }

  /** Hands a reply to the call that asked. A reply that nobody waits for any longer is late, not wrong. */
  reply(reply: JsonObject): void {
    const id = reply['id'] as JsonRpcId;
    const onReply = this.#questions.get(id);
    this.#questions.delete(id);
    onReply?.(reply);
  }

  /** Adds a resource to those whose updates the client wants. False where there are too many. */
  watch(uri: string): boolean {
    let size = uri.length;
    for (const known of this.watched) size += known.length;
    if (size > MAX_WATCHED) return false;
    this.watched.add(uri);
    return true;
  }

  /** Ends everything that runs in the session. */
  end(): void {
    for (const call of this.#calls.values()) call.cancel();
    this.stream?.end();
    this.stream = undefined;
  }
}
