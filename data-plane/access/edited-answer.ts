import { parseLossless } from '../mcp/lossless-json.ts';
import { isObject, type Era, type JsonObject } from '../mcp/message.ts';
import type { CallAccess } from './call-access.ts';
import { EventEditor } from './event-editor.ts';
import { ListMemory, RememberedLists } from './remembered-lists.ts';

/** The largest answer or event that is read to be edited, in bytes. */
const MAX_READ_BYTES = 16 * 1024 * 1024;

/** How much edited lists may take in a process, in bytes, with the answers that they were made of. */
const MAX_REMEMBERED_BYTES = 32 * 1024 * 1024;

const remembered = new RememberedLists(MAX_REMEMBERED_BYTES);

/** What of an answer may go to the client at some moment; undefined once more would have to be read than may. */
type Passed = Buffer | undefined;

/** An upstream's answer on its way to a client who may not know everything. */
export interface EditedAnswer {
  push(chunk: Buffer): Passed;
  /** The rest, once the upstream has sent everything. */
  end(): Buffer;
}

const NOTHING = Buffer.alloc(0);

/** Undefined where nothing of the answer has to be read: its bytes pass as they come. */
export function editAnswer(access: CallAccess | undefined, era: Era, isStream: boolean): EditedAnswer | undefined {
  if (access === undefined || (!isStream && !access.readsResponses)) return undefined;
  const edit = (text: string) => editText(access, era, text);
  const { askedList } = access;
  const memory = askedList === undefined ? undefined : new ListMemory(remembered, access.view, askedList);
  return isStream ? new EventEditor(edit, MAX_READ_BYTES, memory) : new WholeAnswer(edit, memory);
}

/** How messages are edited: undefined for a text that must not be told, the same text where nothing is changed. */
export type EditText = (text: string) => string | undefined;

/** An answer of one piece. What is not JSON says nothing of capabilities. */
class WholeAnswer implements EditedAnswer {
  readonly #edit: EditText;
  readonly #memory: ListMemory | undefined;
  readonly #chunks: Buffer[] = [];
  #size = 0;

  constructor(edit: EditText, memory: ListMemory | undefined) {
    this.#edit = edit;
    this.#memory = memory;
  }

  push(chunk: Buffer): Passed {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    return this.#size > MAX_READ_BYTES ? undefined : NOTHING;
  }

  end(): Buffer {
    if (this.#size === 0) return NOTHING; // as to notifications, and to DELETE
    const known = this.#memory?.find(this.#chunks);
    if (known !== undefined) return known;
    const whole = Buffer.concat(this.#chunks);
    const text = whole.toString('utf8');
    const edited = this.#edit(text) ?? '';
    if (edited === text) return whole;
    const bytes = Buffer.from(edited);
    this.#memory?.note(whole, bytes);
    return bytes;
  }
}

/** A message, or an array of them, as the caller may get it. */
function editText(access: CallAccess, era: Era, text: string): string | undefined {
  let json: unknown;
  try {
    json = parseLossless(text.startsWith('\uFEFF') ? text.slice(1) : text);
  } catch {
    return text; // not JSON, so no message of MCP
  }
  if (isObject(json)) {
    const edited = access.edit(json, era);
    return edited === json ? text : edited === undefined ? undefined : JSON.stringify(edited);
  }
  if (!Array.isArray(json)) return text;
  const messages = json as readonly JsonObject[];
  const edited = messages.flatMap((message) => access.edit(message, era) ?? []);
  const isSame = edited.length === messages.length && edited.every((message, i) => message === messages[i]);
  return isSame ? text : JSON.stringify(edited);
}
