const LF = 0x0a;
const CR = 0x0d;

/** An event with data. What has none (a comment, a priming event that only carries an id) is not one. */
export interface SseEvent {
  /** `message` where the stream names none. */
  readonly type: string;
  readonly data: string;
}

/** What a reader of a stream wants to be told. */
export interface SseListener {
  onEvent(event: SseEvent): void;
  /** The pause before a reconnection that the server asks for, in milliseconds. */
  onRetry?(retryMs: number): void;
}

const FIRST_LINE_BYTES = 512;

/**
 * Reads Server-Sent Events from pieces of any size (WHATWG HTML, Server-sent events, section 9.2.6): three line endings, a byte order mark,
 * characters that are split between two pieces. Bounded: an event larger than the limit ends the stream, whatever it consists of.
 */
export class SseParser {
  readonly #listener: SseListener;
  readonly #maxEventBytes: number;
  /** The beginning of a line whose end has not arrived. It doubles, so that single bytes cost no object each. */
  #partial = Buffer.alloc(0);
  #partialBytes = 0;
  #eventBytes = 0;
  #data: string[] = [];
  #type = '';
  #lastEventId = '';
  #isFirstLine = true;
  #skipsLf = false;
  #isBroken = false;

  constructor(listener: SseListener, maxEventBytes: number) {
    this.#listener = listener;
    this.#maxEventBytes = maxEventBytes;
  }

  /** The id to resume after; empty where the stream gave none. */
  get lastEventId(): string {
    return this.#lastEventId;
  }

  /** Reads a piece. False once an event is larger than the limit: nothing of the stream can be trusted from there on. */
  push(chunk: Buffer): boolean {
    let start = 0;
    for (let i = 0; i < chunk.length && !this.#isBroken; i++) {
      const byte = chunk[i]!;
      if (byte === LF && this.#skipsLf) {
        this.#skipsLf = false;
        start = i + 1;
        continue;
      }
      this.#skipsLf = byte === CR;
      if (byte !== LF && byte !== CR) continue;
      this.#onLine(this.#takeLine(chunk, start, i));
      start = i + 1;
    }
    if (!this.#isBroken && start < chunk.length) this.#keep(chunk.subarray(start));
    return !this.#isBroken;
  }

  #takeLine(chunk: Buffer, start: number, end: number): string {
    this.#count(end - start + 1);
    if (this.#partialBytes === 0) return chunk.toString('utf8', start, end);
    this.#append(chunk.subarray(start, end));
    const line = this.#partial.toString('utf8', 0, this.#partialBytes);
    this.#partialBytes = 0;
    return line;
  }

  #keep(rest: Buffer): void {
    this.#count(rest.length);
    if (!this.#isBroken) this.#append(rest);
  }

  #append(bytes: Buffer): void {
    const needed = this.#partialBytes + bytes.length;
    if (needed > this.#partial.length) {
      const grown = Buffer.alloc(Math.max(needed, 2 * this.#partial.length, FIRST_LINE_BYTES));
      this.#partial.copy(grown, 0, 0, this.#partialBytes);
      this.#partial = grown;
    }
    bytes.copy(this.#partial, this.#partialBytes);
    this.#partialBytes = needed;
  }

  #count(bytes: number): void {
    this.#eventBytes += bytes;
    this.#isBroken ||= this.#eventBytes > this.#maxEventBytes;
  }

  #onLine(text: string): void {
    if (this.#isBroken) return;
    const line = this.#isFirstLine && text.startsWith('\uFEFF') ? text.slice(1) : text;
    this.#isFirstLine = false;
    if (line === '') return this.#dispatch();
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    this.#onField(field, value);
  }

  #onField(field: string, value: string): void {
    if (field === 'data') this.#data.push(value);
    else if (field === 'event') this.#type = value;
    else if (field === 'id' && !value.includes('\0')) this.#lastEventId = value;
    else if (field === 'retry' && /^\d{1,9}$/.test(value)) this.#listener.onRetry?.(Number(value));
    // A comment is over with its line; a server that sends one every few seconds must not fill the event that never comes.
    else if (field === '' && this.#data.length === 0) this.#eventBytes = 0;
  }

  #dispatch(): void {
    const data = this.#data.join('\n');
    const type = this.#type;
    this.#data = [];
    this.#type = '';
    this.#eventBytes = 0;
    if (this.#partial.length > 65_536) this.#partial = Buffer.alloc(0);
    if (data !== '') this.#listener.onEvent({ type: type === '' ? 'message' : type, data });
  }
}
