import { isObject, type Era, type JsonObject } from '../../mcp/message.ts';
import { SseParser } from '../../mcp/sse-parser.ts';

/** An answer, or one event of a stream, is looked into up to this size, in bytes. */
const MAX_READ_BYTES = 256 * 1024;

/** What a message says in the bytes of a JSON body or event that is worth being parsed for the log. */
const ERRORS = Buffer.from('rror"'); // "error" and "isError", found in one go
const INPUT = Buffer.from('"input_required"');
const METHOD = Buffer.from('"method"');
const ID = Buffer.from('"id"');

const LF = 0x0a;

/** What was learned of the answer to a request on its way to the client. Only requests with something to learn have it. */
export class AnswerFacts {
  /** Of the event of the request, where something else refers to it before it is over. */
  sequence: number | undefined;
  /** The stream was reported to have been opened. */
  isOpened = false;
  errorCode: number | undefined;
  isToolError = false;
  /** By the JSON of their ids: the errors of the requests of a batch. */
  errors: Map<string, number> | undefined;
  /** The whole last message, where results are captured. */
  response: JsonObject | undefined;
  /** The beginning of an answer that is too large to be read, where results are captured. */
  unread: string | undefined;
  readonly #onServerRequest: (method: string) => void;
  readonly keepsResponse: boolean;
  /** The parts of a JSON body, where results are captured; empty again once it is larger than what is looked into. */
  #body: Buffer[] = [];
  #bodyBytes = 0;
  #parser: SseParser | undefined;
  #isBetweenEvents = true;

  constructor(onServerRequest: (method: string) => void, keepsResponse: boolean) {
    this.#onServerRequest = onServerRequest;
    this.keepsResponse = keepsResponse;
  }

  /** A part of an event stream. Whole events that say nothing of interest are not parsed. */
  onStreamChunk(chunk: Buffer): void {
    const isWhole = this.#isBetweenEvents && endsEvent(chunk);
    this.#isBetweenEvents = endsEvent(chunk);
    if (isWhole && !this.keepsResponse && !isOfInterest(chunk)) return;
    this.#parser ??= new SseParser({ onEvent: ({ data }) => this.onText(data) }, MAX_READ_BYTES);
    if (!this.#parser.push(chunk)) this.#parser = undefined; // too large to be looked into; the next event begins anew
  }

  /** A part of a JSON body, where results are captured. */
  onBodyChunk(chunk: Buffer): void {
    if (this.#bodyBytes <= MAX_READ_BYTES) this.#body.push(chunk);
    this.#bodyBytes += chunk.length;
  }

  /** The body that came in parts: whole, or the beginning of one that is too large. */
  takeBody(): { readonly text: string; readonly isWhole: boolean } {
    const body = Buffer.concat(this.#body);
    this.#body = [];
    return { text: body.toString('utf8', 0, MAX_READ_BYTES), isWhole: this.#bodyBytes <= MAX_READ_BYTES };
  }

  /** A JSON body, or the data of an event. */
  onText(text: string): void {
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      return; // no message of MCP, so there is nothing to learn
    }
    if (Array.isArray(json)) for (const element of json) this.onMessage(element, true);
    else this.onMessage(json, false);
  }

  onMessage(message: unknown, isOfBatch = false): void {
    if (!isObject(message)) return;
    const { error, id, method, result } = message;
    if (typeof method === 'string') {
      if (id !== undefined) this.#onServerRequest(method);
      return;
    }
    if (this.keepsResponse) this.response = message;
    if (isObject(error) && Number.isSafeInteger(error['code'])) {
      this.errorCode = error['code'] as number;
      if (isOfBatch) (this.errors ??= new Map()).set(JSON.stringify(id), this.errorCode);
    }
    if (!isObject(result)) return;
    if (result['isError'] === true) this.isToolError = true;
    if (result['resultType'] === 'input_required') this.#onQuestions(result['inputRequests']);
  }

  /** In the modern era, a server asks in a result (MCP 2026-07-28, Multi round-trip requests). */
  #onQuestions(requests: unknown): void {
    if (!isObject(requests)) return;
    for (const request of Object.values(requests)) {
      if (isObject(request) && typeof request['method'] === 'string') this.#onServerRequest(request['method']);
    }
  }
}

/** Whether a body of one piece has to be parsed to know how a request ended. */
export function isAnswerOfInterest(body: Buffer, era: Era): boolean {
  return body.length <= MAX_READ_BYTES && (body.includes(ERRORS) || (era === 'modern' && body.includes(INPUT)));
}

function isOfInterest(events: Buffer): boolean {
  if (events.includes(METHOD) && events.includes(ID)) return true;
  return events.includes(ERRORS) || events.includes(INPUT);
}

/** An empty line ends an event; LF and CR LF are what servers write. */
function endsEvent(chunk: Buffer): boolean {
  const { length } = chunk;
  if (length < 2 || chunk[length - 1] !== LF) return false;
  return chunk[length - 2] === LF || (length >= 4 && chunk[length - 3] === LF);
}
