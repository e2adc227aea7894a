import { isObject, type JsonObject } from './json-object.ts';

/** Two line ends in a row end an event; this many characters of what came before may belong to them. */
const SEAM = 3;
const EVENT_END = /\r?\n\r?\n/;

/** Finds the JSON-RPC response in an event stream that comes in pieces. Each piece is looked at once, however small a stranger makes them. */
export class ResponseScanner {
  #pieces: string[] = [];
  #tail = '';

  /** The response, once it is there. */
  push(piece: string): JsonObject | undefined {
    const seam = this.#tail + piece;
    this.#tail = seam.slice(-SEAM);
    this.#pieces.push(piece);
    if (!EVENT_END.test(seam)) return undefined;
    const events = this.#pieces.join('').split(EVENT_END);
    this.#pieces = [events.pop() ?? ''];
    return events.map(toResponse).find((response) => response !== undefined);
  }
}

function toResponse(event: string): JsonObject | undefined {
  const data = event
    .split(/\r?\n/)
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice(5).replace(/^ /, ''))
    .join('\n');
  const message = toMessage(data);
  return message !== undefined && ('result' in message || 'error' in message) ? message : undefined;
}

/** The JSON-RPC message that a text is, or undefined where it is none. */
export function toMessage(text: string): JsonObject | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return isObject(json) && json['jsonrpc'] === '2.0' ? json : undefined;
  } catch {
    return undefined; // not JSON is an answer too: not one of MCP
  }
}
