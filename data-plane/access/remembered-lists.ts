// Trust boundary: lists are long and seldom change, so an edited one is kept and given again for the very same answer of the upstream, byte
// for byte but for the id of the request. Only to whom it was made for: what decides about a list are the compiled policy, the caller as
// rules see them, and those bytes. A new revision of any document that the first two come from makes new objects of them.
import type { AccessCaller } from '../../contract/condition-scope.ts';
import type { AccessPolicy } from '../../contract/access-policy.ts';
import type { AccessRules } from './access-view.ts';

/** A list that a request asks for. */
export interface AskedList {
  /** What tells it from the other lists of the same server: the method, and the cursor of a page. */
  readonly page: string;
  /** The JSON of the request's id, by which the upstream answers. */
  readonly id: string;
}

/** How many lists of one server are kept for one caller. */
const MAX_PAGES = 8;

/** The largest pair of an answer and what became of it, in bytes. */
const MAX_PAIR_BYTES = 4 * 1024 * 1024;

/** What a short buffer keeps in memory, in bytes: a part of a piece that Node gives to several. */
const POOLED_BYTES = 8 * 1024;

/** What an entry costs besides its bytes. */
const ENTRY_BYTES = 512;

/** An answer without the id in it. */
interface Halves {
  readonly before: Buffer;
  readonly after: Buffer;
}

interface Entry {
  readonly page: string;
  readonly original: Halves;
  readonly edited: Halves;
  readonly bytes: number;
  /** The lists that are kept for the same caller. */
  readonly shelf: Entry[];
  /** Since it was last looked at for what could go. */
  wasUsed: boolean;
  /** Its place among all entries. */
  place: number;
}

/** The edited lists of a process. When they become too many bytes, those go that were not asked for lately. */
export class RememberedLists {
  readonly #maxBytes: number;
  readonly #shelves = new WeakMap<AccessPolicy, WeakMap<AccessCaller, Entry[]>>();
  readonly #entries: Entry[] = [];
  #bytes = 0;
  #hand = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** How much is kept, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** What became of the same answer before, with the id of this request; undefined where it has to be edited. */
  find({ policy, caller }: AccessRules, { id, page }: AskedList, answer: readonly Buffer[]): Buffer | undefined {
    const entry = this.#shelves
      .get(policy)
      ?.get(caller)
      ?.find((kept) => kept.page === page);
    if (entry === undefined) return undefined;
    const ownId = Buffer.from(id);
    if (!isSame(answer, [entry.original.before, ownId, entry.original.after])) return undefined;
    entry.wasUsed = true;
    return Buffer.concat([entry.edited.before, ownId, entry.edited.after]);
  }

  /** Keeps what became of an answer, in place of what is known of the same page. Nothing is kept where it is not plain to see where the id is. */
  note({ policy, caller }: AccessRules, { id, page }: AskedList, answer: Buffer, edited: Buffer): void {
    const [original, result] = [halve(answer, id), halve(edited, id)];
    const bytes = sizeOf(answer) + sizeOf(edited) + 2 * page.length + ENTRY_BYTES;
    const shelf = this.#findShelf(policy, caller);
    const known = shelf.find((entry) => entry.page === page);
    if (known !== undefined) this.#remove(known);
    if (original === undefined || result === undefined || bytes > Math.min(MAX_PAIR_BYTES, this.#maxBytes)) return;
    if (shelf.length >= MAX_PAGES) this.#remove(shelf[0]!);
    while (this.#bytes + bytes > this.#maxBytes) this.#letOneGo();
    const entry: Entry = { page, original, edited: result, bytes, shelf, wasUsed: false, place: this.#entries.length };
    shelf.push(entry);
    this.#entries.push(entry);
    this.#bytes += bytes;
  }

  #findShelf(policy: AccessPolicy, caller: AccessCaller): Entry[] {
    const ofPolicy = this.#shelves.get(policy) ?? new WeakMap<AccessCaller, Entry[]>();
    const shelf = ofPolicy.get(caller) ?? [];
    this.#shelves.set(policy, ofPolicy.set(caller, shelf));
    return shelf;
  }

  /** Goes round and round: an entry that was used since the last time is spared once, as is the newest, which takes the place of one that goes. */
  #letOneGo(): void {
    this.#hand %= this.#entries.length;
    const entry = this.#entries[this.#hand++]!;
    if (entry.wasUsed) entry.wasUsed = false;
    else this.#remove(entry);
  }

  #remove(entry: Entry): void {
    entry.shelf.splice(entry.shelf.indexOf(entry), 1);
    const last = this.#entries.pop()!;
    if (last !== entry) {
      this.#entries[entry.place] = last;
      last.place = entry.place;
    }
    this.#bytes -= entry.bytes;
  }
}

/** One caller's request for a list. */
export class ListMemory {
  readonly #lists: RememberedLists;
  readonly #rules: AccessRules;
  readonly #asked: AskedList;

  constructor(lists: RememberedLists, rules: AccessRules, asked: AskedList) {
    this.#lists = lists;
    this.#rules = rules;
    this.#asked = asked;
  }

  find(answer: readonly Buffer[]): Buffer | undefined {
    return this.#lists.find(this.#rules, this.#asked, answer);
  }

  note(answer: Buffer, edited: Buffer): void {
    this.#lists.note(this.#rules, this.#asked, answer, edited);
  }
}

function sizeOf(bytes: Buffer): number {
  return Math.max(bytes.buffer.byteLength === bytes.length ? bytes.length : POOLED_BYTES, bytes.length);
}

/** Whether parts, one after the other, are the same bytes as other parts. */
function isSame(parts: readonly Buffer[], others: readonly Buffer[]): boolean {
  if (countBytes(parts) !== countBytes(others)) return false;
  let [index, position] = [0, 0];
  for (const part of parts) {
    for (let from = 0; from < part.length;) {
      const other = others[index]!;
      const length = Math.min(part.length - from, other.length - position);
      if (part.compare(other, position, position + length, from, from + length) !== 0) return false;
      from += length;
      position += length;
      if (position < other.length) continue;
      index++;
      position = 0;
    }
  }
  return true;
}

function countBytes(parts: readonly Buffer[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}

/** How much of either end is looked at for the id, in bytes. */
const MAX_END_BYTES = 512;

/** The beginning of a message, or of an event with one, whose first members are not what is large: up to the id. */
const HEAD = /^(?:event: ?message\r?\n)?(?:data: ?)?\{\s*(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?"id"\s*:\s*/;

/** The end of a message whose last members are these. A quote after a comma or brace is not inside of a text: there it would be escaped. */
const TAIL = /[,{]\s*"id"\s*:\s*(?<id>"(?:[^"\\]|\\.)*"|-?\d+)(?<rest>\s*(?:,\s*"jsonrpc"\s*:\s*"2\.0"\s*)?\}\s*)$/;

/** The bytes before and after the id of a message; undefined where the id is not the one that is looked for, or not at either end. */
function halve(bytes: Buffer, id: string): Halves | undefined {
  const at = findInHead(bytes, id) ?? findInTail(bytes, id);
  if (at === undefined) return undefined;
  // A part of a larger piece would keep all of it.
  const own = bytes.buffer.byteLength > 2 * bytes.length + POOLED_BYTES ? Buffer.from(bytes) : bytes;
  return { before: own.subarray(0, at), after: own.subarray(at + Buffer.byteLength(id)) };
}

function findInHead(bytes: Buffer, id: string): number | undefined {
  const text = bytes.toString('latin1', 0, MAX_END_BYTES);
  const at = HEAD.exec(text)?.[0].length;
  if (at === undefined || !text.startsWith(toLatin1(id), at)) return undefined;
  return /^\s*[,}]/.test(text.slice(at + Buffer.byteLength(id))) ? at : undefined;
}

function findInTail(bytes: Buffer, id: string): number | undefined {
  const found = TAIL.exec(bytes.toString('latin1', Math.max(0, bytes.length - MAX_END_BYTES)))?.groups;
  if (found === undefined || found['id'] !== toLatin1(id)) return undefined;
  return bytes.length - found['rest']!.length - found['id'].length;
}

/** The bytes of a text, one character each. */
function toLatin1(text: string): string {
  return Buffer.from(text).toString('latin1');
}
