import { SseParser } from '../mcp/sse-parser.ts';
import type { EditedAnswer, EditText } from './edited-answer.ts';
import type { ListMemory } from './remembered-lists.ts';

const LF = 0x0a;
const CR = 0x0d;
const END_OF_EVENT = Buffer.from('\n\n');

/** Edits the messages of an event stream (WHATWG HTML, Server-sent events, section 9.2.6). An event that is not changed keeps its bytes. */
export class EventEditor implements EditedAnswer {
  readonly #edit: EditText;
  readonly #maxEventBytes: number;
  readonly #memory: ListMemory | undefined;
  /** What has come of the event that is not complete. */
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #isAtLineStart = true;
  #wasCr = false;

  constructor(edit: EditText, maxEventBytes: number, memory: ListMemory | undefined) {
    this.#edit = edit;
    this.#maxEventBytes = maxEventBytes;
    this.#memory = memory;
  }

  push(chunk: Buffer): Buffer | undefined {
    const complete: Buffer[] = [];
    let start = 0;
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i]!;
      if (byte === LF && this.#wasCr) {
        this.#wasCr = false; // the second half of a line ending
        continue;
      }
      this.#wasCr = byte === CR;
      if (byte !== LF && byte !== CR) this.#isAtLineStart = false;
      else if (!this.#isAtLineStart) this.#isAtLineStart = true;
      else {
        complete.push(this.#editEvent(this.#take(chunk.subarray(start, i + 1))));
        start = i + 1;
      }
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start));
    return this.#pendingBytes > this.#maxEventBytes ? undefined : Buffer.concat(complete);
  }

  /** An event that was not completed is nothing (section 9.2.6), but a client may take it for one. */
  end(): Buffer {
    const rest = this.#take(Buffer.alloc(0));
    return rest.length === 0 ? rest : this.#editEvent(Buffer.concat([rest, END_OF_EVENT]));
  }

  #keep(bytes: Buffer): void {
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
  }

  #take(last: Buffer): Buffer {
    const event = this.#pending.length === 0 ? last : Buffer.concat([...this.#pending, last]);
    this.#pending = [];
    this.#pendingBytes = 0;
    return event;
  }

  #editEvent(raw: Buffer): Buffer {
    const known = this.#memory?.find([raw]);
    if (known !== undefined) return known;
    const edited = this.#editAnew(raw);
    if (edited !== raw) this.#memory?.note(raw, edited);
    return edited;
  }

  #editAnew(raw: Buffer): Buffer {
    let data: string | undefined;
    const parser = new SseParser({ onEvent: (event) => void (data = event.data) }, Number.MAX_SAFE_INTEGER);
    parser.push(raw);
    if (data === undefined) return raw;
    const edited = this.#edit(data);
    if (edited === data) return raw;
    // An id without data is not an event, but the client can resume after it.
    const kept = edited === undefined ? findLines(raw, /^(id|retry):/) : [...findLines(raw, /^(id|event|retry):/), `data: ${edited}`];
    return kept.length === 0 ? Buffer.alloc(0) : Buffer.from(`${kept.join('\n')}\n\n`);
  }
}

function findLines(raw: Buffer, pattern: RegExp): string[] {
  return raw
    .toString('utf8')
    .split(/\r\n|\r|\n/)
    .filter((line) => pattern.test(line));
}
