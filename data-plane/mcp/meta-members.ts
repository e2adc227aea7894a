// Writes into the `_meta` of a message and leaves every other byte as the client wrote it. Pure.

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** The bytes of a member's value, from the first to after the last. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * The message with these members in `params._meta`, in the place of those of the same names where there are any.
 * @param body a JSON-RPC message that was parsed before.
 * @param members names and values in turn: texts of visible ASCII.
 * @returns the body itself where it has no `_meta` to write into.
 */
export function withMetaMembers(body: Buffer, members: readonly string[]): Buffer {
  const message = skipSpace(body, 0);
  const params = findValue(body, message, 'params');
  const meta = params === undefined ? undefined : findValue(body, params.start, '_meta');
  if (meta === undefined || body[meta.start] !== OPEN_BRACE) return body;
  const edits: { readonly span: Span; readonly text: string }[] = [];
  let added = '';
  for (let i = 0; i + 1 < members.length; i += 2) {
    const span = findValue(body, meta.start, members[i]!);
    const text = JSON.stringify(members[i + 1]!);
    if (span === undefined) added += `${JSON.stringify(members[i]!)}:${text},`;
    else edits.push({ span, text });
  }
  if (added !== '') {
    const at = meta.start + 1;
    const isEmpty = body[skipSpace(body, at)] === CLOSE_BRACE;
    edits.push({ span: { start: at, end: at }, text: isEmpty ? added.slice(0, -1) : added });
  }
  return applyEdits(
    body,
    edits.toSorted((a, b) => a.span.start - b.span.start),
  );
}

function applyEdits(body: Buffer, edits: readonly { readonly span: Span; readonly text: string }[]): Buffer {
  const parts: Buffer[] = [];
  let done = 0;
  for (const { span, text } of edits) {
    parts.push(body.subarray(done, span.start), Buffer.from(text, 'latin1'));
    done = span.end;
  }
  parts.push(body.subarray(done));
  return Buffer.concat(parts);
}

/** The value of a member of the object that begins at `start`: the last one of that name, which is the one that `JSON.parse` takes. */
function findValue(body: Buffer, start: number, name: string): Span | undefined {
  if (body[start] !== OPEN_BRACE) return undefined;
  let found: Span | undefined;
  let i = skipSpace(body, start + 1);
  while (body[i] === QUOTE) {
    const keyEnd = skipText(body, i);
    const isWanted = isKey(body, i, keyEnd, name);
    i = skipSpace(body, keyEnd);
    if (body[i] !== COLON) return undefined;
    const valueStart = skipSpace(body, i + 1);
    const valueEnd = skipValue(body, valueStart);
    if (isWanted) found = { start: valueStart, end: valueEnd };
    i = skipSpace(body, valueEnd);
    if (body[i] !== COMMA) break;
    i = skipSpace(body, i + 1);
  }
  return found;
}

/** Keys may be written with escapes: `"_met\u0061"` is `_meta`. */
function isKey(body: Buffer, start: number, end: number, name: string): boolean {
  if (end - start < name.length + 2) return false;
  const quoted = body.toString('latin1', start, end);
  return quoted === `"${name}"` || (quoted.includes('\\') && JSON.parse(body.toString('utf8', start, end)) === name);
}

function skipSpace(body: Buffer, start: number): number {
  let i = start;
  while (i < body.length && body[i]! <= 0x20) i++;
  return i;
}

/** The position after a text that begins at `start`. */
function skipText(body: Buffer, start: number): number {
  let i = start + 1;
  for (; i < body.length && body[i] !== QUOTE; i++) if (body[i] === BACKSLASH) i++;
  return i + 1;
}

/** The position after a value that begins at `start`. */
function skipValue(body: Buffer, start: number): number {
  let depth = 0;
  let i = start;
  while (i < body.length) {
    const byte = body[i]!;
    if (byte === QUOTE) i = skipText(body, i);
    else {
      if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++;
      else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth--;
      else if (depth === 0 && (byte === COMMA || byte <= 0x20)) return i;
      if (depth < 0) return i;
      i++;
    }
    if (depth === 0 && (byte === QUOTE || byte === CLOSE_BRACE || byte === CLOSE_BRACKET)) return i;
  }
  return i;
}
