// Trust boundary: JSON that the gateway and an upstream could read differently. Of two equal keys one parser takes the first and another
// the last; some match keys whatever their case. Where rules decide about a message, such a message is refused instead of guessed at.
import { isUtf8 } from 'node:buffer';
import { foldName } from '../../contract/name-pattern.ts';

/** The keys that decisions are made by, as MCP spells them. Where one of them is looked for, another spelling of it is refused. */
// prettier-ignore
const DECISIVE = [
  'jsonrpc', 'id', 'method', 'params', 'name', 'uri', 'arguments', 'taskId', 'ref', 'cursor', 'notifications', 'resourceSubscriptions',
];

const SPELLINGS: ReadonlyMap<string, string> = new Map(DECISIVE.map((key) => [foldName(key), key]));

/** How deep the keys are that decisions are made by: a batch, a message, its parameters, a reference in them. */
const DECISIVE_DEPTH = 4;

/** Objects and arrays in each other. Deeper ones are refused, because parsers differ in how deep they go. */
const MAX_DEPTH = 200;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

/** What is known of a key. */
interface Key {
  /** The same for all spellings of it. */
  readonly folded: string;
  /** How it must be spelled where decisions are made by it, if it is not. */
  readonly spelling: string | undefined;
}

/** The keys that came lately, as they are written: messages have the same ones again and again, and strangers can invent some. */
const keys = new Map<string, Key>();
const MAX_KEYS = 2_000;
const MAX_KEY_LENGTH = 64;

/** Up to so many keys of an object are compared one by one, which is cheaper than a set. */
const FEW = 16;

/** The folded keys of an object that is open. */
class OpenObject {
  readonly #few: string[] = [];
  #many: Set<string> | undefined;

  /** Whether the key is the first of its kind. */
  add(folded: string): boolean {
    if (this.#many === undefined) {
      if (this.#few.includes(folded)) return false;
      if (this.#few.push(folded) > FEW) this.#many = new Set(this.#few);
      return true;
    }
    const { size } = this.#many;
    return this.#many.add(folded).size > size;
  }
}

/** Objects that are open, innermost last; undefined for an array. */
type Level = OpenObject | undefined;

/** Why a body, which is known to be JSON, could be read in more than one way; undefined where it could not. */
export function findAmbiguity(body: Buffer): string | undefined {
  if (!isUtf8(body)) return 'the body is not UTF-8';
  const text = body.toString('utf8');
  const levels: Level[] = [];
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case 0x7b: // {
        levels.push(new OpenObject());
        break;
      case 0x5b: // [
        levels.push(undefined);
        break;
      case 0x7d: // }
      case 0x5d: // ]
        levels.pop();
        break;
      case QUOTE: {
        const end = findEnd(text, i);
        const object = levels[levels.length - 1];
        const fault = object !== undefined && isKey(text, end) ? noteKey(object, text.slice(i, end), levels.length) : undefined;
        if (fault !== undefined) return fault;
        i = end - 1;
      }
    }
    if (levels.length > MAX_DEPTH) return 'the body is nested too deeply';
  }
  return undefined;
}

/** The position after the closing quote, which is the first that is not escaped. */
function findEnd(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end + 1;
}

/** Two backslashes are one that escapes nothing. */
function isEscaped(text: string, position: number): boolean {
  let first = position;
  while (text.charCodeAt(first - 1) === BACKSLASH) first--;
  return (position - first) % 2 === 1;
}

/** Whether a colon follows: JSON has one after keys only. */
function isKey(text: string, end: number): boolean {
  let i = end;
  while (text.charCodeAt(i) <= 0x20) i++;
  return text.charCodeAt(i) === COLON;
}

function noteKey(object: OpenObject, quoted: string, depth: number): string | undefined {
  const { folded, spelling } = keys.get(quoted) ?? readKey(quoted);
  if (!object.add(folded)) return 'an object has a key twice, or two keys that differ only in how they are spelled';
  return spelling === undefined || depth > DECISIVE_DEPTH ? undefined : `a key must be spelled ${spelling}`;
}

function readKey(quoted: string): Key {
  const own = Buffer.from(quoted).toString(); // a part of a text keeps the whole of it in memory
  const name = own.includes('\\') ? (JSON.parse(own) as string) : own.slice(1, -1);
  const folded = foldName(name);
  const spelling = SPELLINGS.get(folded);
  const key: Key = { folded, spelling: spelling === name ? undefined : spelling };
  if (own.length > MAX_KEY_LENGTH) return key;
  if (keys.size >= MAX_KEYS) keys.clear();
  keys.set(own, key);
  return key;
}
