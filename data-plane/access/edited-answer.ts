import { parseLossless } from '../mcp/lossless-json.ts';
import { isObject, type Era, type JsonObject } from '../mcp/message.ts';
import type { CallAccess } from './call-access.ts';
import { EventEditor } from './event-editor.ts';

/** The largest answer or event that is read to be edited, in bytes. */
const MAX_READ_BYTES = 16 * 1024 * 1024;

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
  return isStream ? new EventEditor(edit, MAX_READ_BYTES) : new WholeAnswer(edit);
}

/** How messages are edited: undefined for a text that must not be told, the same text where nothing is changed. */
export type EditText = (text: string) => string | undefined;

/** An answer of one piece. What is not JSON says nothing of capabilities. */
class WholeAnswer implements EditedAnswer {
  readonly #edit: EditText;
  readonly #chunks: Buffer[] = [];
  #size = 0;

  constructor(edit: EditText) {
    this.#edit = edit;
  }

  push(chunk: Buffer): Passed {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    return this.#size > MAX_READ_BYTES ? undefined : NOTHING;
  }

  end(): Buffer {
    const whole = Buffer.concat(this.#chunks);
    const text = whole.toString('utf8');
    const edited = this.#edit(text) ?? '';
    return edited === text ? whole : Buffer.from(edited);
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
