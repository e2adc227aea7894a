// Trust boundary: HTTP/1.1 as upstreams speak it (RFC 9112). It reads one response at a time and takes nothing for granted: what could be
// read in more than one way ends the connection instead of being guessed at, and everything that is kept before it is passed on is bounded.
import type { IncomingHttpHeaders } from 'node:http';

/** What becomes of a response, in this order. Whoever is told may stop the parser. */
export interface ResponseSink {
  onHead(status: number, headers: IncomingHttpHeaders): void;
  onBody(chunk: Buffer): void;
  /** The response is complete. The parser does nothing more before it is told to begin again. */
  onEnd(): void;
}

/** The largest head, and the largest trailers, in bytes; as Node's own. */
const MAX_HEAD_BYTES = 16 * 1024;

/** The longest line in front of a chunk, in bytes: a size and extensions that nobody uses. */
const MAX_CHUNK_LINE_BYTES = 1024;

/** The largest chunk has so many hexadecimal digits, and the longest body so many decimal ones: what counts exactly. */
const CHUNK_LINE = /^([0-9a-f]{1,8})(?:[ \t]*;[\t\x20-\x7e\x80-\xff]*)?$/i;
const CONTENT_LENGTH = /^\d{1,15}$/;

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/;
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const NOT_IN_A_VALUE = /[^\t\x20-\x7e\x80-\xff]/;

const LINE_END = Buffer.from('\r\n');
const HEAD_END = Buffer.from('\r\n\r\n');

/** Names of headers as they were written, with their lower case: there are few, and they come with every response. */
const lowerCase = new Map<string, string>();
const MAX_NAMES = 1_000;

type Expecting = 'head' | 'sized body' | 'body until close' | 'chunk line' | 'chunk' | 'end of chunk' | 'trailers' | 'nothing';

/** Codes as those of Node's own parser, by which failures are told apart. */
export type ParserFault = `HPE_${string}` | 'UND_ERR_HEADERS_OVERFLOW';

/** Reads responses from the bytes of one connection. */
export class ResponseParser {
  readonly #sink: ResponseSink;
  #expecting: Expecting = 'nothing';
  /** The beginning of something that can only be read whole, or what came while nobody wanted to have it. */
  #kept: Buffer | undefined;
  /** Bytes of the body or of its chunk that are still to come. */
  #left = 0;
  /** Heads of one upstream are often the same within a second. What was read of one is for nobody to change. */
  #lastHead: ResponseHead | undefined;
  #isStopped = false;
  #isPaused = false;
  #isReusable = false;
  #keepAliveSeconds: number | undefined;

  constructor(sink: ResponseSink) {
    this.#sink = sink;
  }

  /** Whether another request may follow on the connection, once the response is complete. */
  get isReusable(): boolean {
    return this.#isReusable;
  }

  /** How long the upstream says that it keeps an idle connection, in seconds. */
  get keepAliveSeconds(): number | undefined {
    return this.#keepAliveSeconds;
  }

  /** Expects the response to the next request. */
  begin(): void {
    this.#expecting = 'head';
    this.#isPaused = false;
    this.#keepAliveSeconds = undefined;
  }

  /** Nothing more is passed on. */
  stop(): void {
    this.#isStopped = true;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Nothing more is passed on until it is resumed; what is pushed meanwhile is kept. */
  pause(): void {
    this.#isPaused = true;
  }

  resume(): ParserFault | undefined {
    this.#isPaused = false;
    return this.#kept === undefined ? undefined : this.push(EMPTY);
  }

  push(received: Buffer): ParserFault | undefined {
    const bytes = this.#kept === undefined ? received : Buffer.concat([this.#kept, received]);
    this.#kept = undefined;
    let at = 0;
    while (at < bytes.length && !this.#isStopped) {
      if (this.#isPaused) {
        this.#kept = bytes.subarray(at);
        return undefined;
      }
      const next = this.#take(bytes, at);
      if (typeof next !== 'number') return next;
      if (next === INCOMPLETE) {
        this.#kept = bytes.subarray(at);
        return undefined;
      }
      at = next;
    }
    return undefined;
  }

  /** The connection is closed by the other side. False where the response is not complete. */
  finish(): boolean {
    if (this.#expecting !== 'body until close') return false;
    this.#expecting = 'nothing';
    this.#sink.onEnd();
    return true;
  }

  /** Takes the next part and returns where the one after begins. */
  #take(bytes: Buffer, at: number): number | ParserFault {
    switch (this.#expecting) {
      case 'head':
        return this.#takeHead(bytes, at);
      case 'sized body':
        return this.#takeBody(bytes, at, 'nothing');
      case 'body until close':
        this.#sink.onBody(at === 0 ? bytes : bytes.subarray(at));
        return bytes.length;
      case 'chunk line':
        return this.#takeChunkLine(bytes, at);
      case 'chunk':
        return this.#takeBody(bytes, at, 'end of chunk');
      case 'end of chunk':
        return this.#takeChunkEnd(bytes, at);
      case 'trailers':
        return this.#takeTrailers(bytes, at);
      case 'nothing':
        return 'HPE_CLOSED_CONNECTION';
    }
  }

  #takeHead(bytes: Buffer, at: number): number | ParserFault {
    const end = bytes.indexOf(HEAD_END, at);
    if ((end < 0 ? bytes.length : end) - at > MAX_HEAD_BYTES) return 'UND_ERR_HEADERS_OVERFLOW';
    if (end < 0) return INCOMPLETE;
    const next = end + HEAD_END.length;
    const fault = this.#readHead(bytes.toString('latin1', at, end), next === bytes.length);
    return fault ?? next;
  }

  /** @param isLast whether nothing has come behind the head so far. */
  #readHead(text: string, isLast: boolean): ParserFault | undefined {
    const head = this.#lastHead?.text === text ? this.#lastHead : readHead(text);
    if (typeof head === 'string') return head;
    const { headers, isLatest, status } = head;
    if (status === 101) return 'HPE_INVALID_STATUS'; // nobody asked for another protocol
    if (status < 200) return undefined; // interim: the response follows
    this.#lastHead = head;
    const fault = this.#readFraming(status, isLatest, headers);
    if (fault !== undefined) return fault;
    this.#sink.onHead(status, headers);
    if (this.#expecting === 'nothing' && !this.#isStopped) this.#end(isLast);
    return undefined;
  }

  /** How long the body is (RFC 9112 section 6.3), and whether the connection may be used again. */
  #readFraming(status: number, isLatest: boolean, headers: IncomingHttpHeaders): ParserFault | undefined {
    const length = headers['content-length'];
    const coding = headers['transfer-encoding'];
    this.#isReusable = isLatest && !hasClose(headers.connection);
    const hint = headers['keep-alive'];
    if (hint !== undefined) this.#keepAliveSeconds = readSeconds(String(hint));
    if (coding !== undefined && (!isLatest || length !== undefined || !isChunked(coding))) {
      return 'HPE_INVALID_TRANSFER_ENCODING';
    }
    if (length !== undefined && !(typeof length === 'string' && CONTENT_LENGTH.test(length))) return 'HPE_INVALID_CONTENT_LENGTH';
    if (status === 204 || status === 304) this.#expecting = 'nothing';
    else if (coding !== undefined) this.#expecting = 'chunk line';
    else if (length !== undefined) {
      this.#left = Number(length);
      this.#expecting = this.#left === 0 ? 'nothing' : 'sized body';
    } else {
      this.#isReusable = false;
      this.#expecting = 'body until close';
    }
    return undefined;
  }

  #takeBody(bytes: Buffer, at: number, then: 'nothing' | 'end of chunk'): number {
    const end = Math.min(bytes.length, at + this.#left);
    this.#left -= end - at;
    if (this.#left === 0) this.#expecting = then;
    this.#sink.onBody(bytes.subarray(at, end));
    if (this.#left === 0 && then === 'nothing' && !this.#isStopped) this.#end(end === bytes.length);
    return end;
  }

  #takeChunkLine(bytes: Buffer, at: number): number | ParserFault {
    const end = bytes.indexOf(LINE_END, at);
    if ((end < 0 ? bytes.length : end) - at > MAX_CHUNK_LINE_BYTES) return 'HPE_INVALID_CHUNK_SIZE';
    if (end < 0) return INCOMPLETE;
    const digits = CHUNK_LINE.exec(bytes.toString('latin1', at, end))?.[1];
    if (digits === undefined) return 'HPE_INVALID_CHUNK_SIZE';
    this.#left = Number.parseInt(digits, 16);
    this.#expecting = this.#left === 0 ? 'trailers' : 'chunk';
    return end + LINE_END.length;
  }

  #takeChunkEnd(bytes: Buffer, at: number): number | ParserFault {
    if (bytes.length - at < LINE_END.length) return INCOMPLETE;
    if (bytes[at] !== LINE_END[0] || bytes[at + 1] !== LINE_END[1]) return 'HPE_STRICT';
    this.#expecting = 'chunk line';
    return at + LINE_END.length;
  }

  /** Nobody is told of them; they end with an empty line. */
  #takeTrailers(bytes: Buffer, at: number): number | ParserFault {
    const end = bytes.indexOf(LINE_END, at);
    if ((end < 0 ? bytes.length : end) - at > MAX_HEAD_BYTES) return 'UND_ERR_HEADERS_OVERFLOW';
    if (end < 0) return INCOMPLETE;
    const next = end + LINE_END.length;
    if (end === at) this.#end(next === bytes.length);
    return next;
  }

  /** What comes behind a response was not asked for: then the connection is not used again. */
  #end(isLast: boolean): void {
    this.#isReusable &&= isLast;
    this.#expecting = 'nothing';
    if (!isLast) this.#isStopped = true;
    this.#sink.onEnd();
  }
}

const INCOMPLETE = -1;
const EMPTY = Buffer.alloc(0);

/** What a head says, and how it said it. */
interface ResponseHead {
  readonly text: string;
  readonly status: number;
  /** Whether it is of HTTP/1.1, not of 1.0. */
  readonly isLatest: boolean;
  readonly headers: IncomingHttpHeaders;
}

function readHead(text: string): ResponseHead | ParserFault {
  const lineEnd = text.indexOf('\r\n');
  const [, minor, digits] = STATUS_LINE.exec(lineEnd < 0 ? text : text.slice(0, lineEnd)) ?? [];
  if (digits === undefined) return 'HPE_INVALID_CONSTANT';
  const headers = lineEnd < 0 ? {} : readHeaders(text, lineEnd + 2);
  return typeof headers === 'string' ? headers : { text, status: Number(digits), isLatest: minor === '1', headers };
}

/** The header lines from a position on. A line that continues the one before it is refused (RFC 9112 section 5.2). */
function readHeaders(head: string, from: number): Record<string, string | string[]> | ParserFault {
  const headers: Record<string, string | string[]> = {};
  for (let start = from; start <= head.length;) {
    const lineEnd = head.indexOf('\r\n', start);
    const end = lineEnd < 0 ? head.length : lineEnd;
    const colon = head.indexOf(':', start);
    const name = colon < 0 || colon > end ? undefined : toLowerCase(head.slice(start, colon));
    if (name === undefined) return 'HPE_INVALID_HEADER_TOKEN';
    const value = trim(head, colon + 1, end);
    if (NOT_IN_A_VALUE.test(value)) return 'HPE_INVALID_HEADER_TOKEN';
    if (name !== '__proto__') add(headers, name, value);
    start = end + 2;
  }
  return headers;
}

function add(headers: Record<string, string | string[]>, name: string, value: string): void {
  const known = Object.hasOwn(headers, name) ? headers[name] : undefined;
  headers[name] = known === undefined ? value : Array.isArray(known) ? [...known, value] : [known, value];
}

/** Undefined where it is no name. */
function toLowerCase(name: string): string | undefined {
  const known = lowerCase.get(name);
  if (known !== undefined) return known;
  if (!TOKEN.test(name)) return undefined;
  const lower = name.toLowerCase();
  if (lowerCase.size < MAX_NAMES) lowerCase.set(name, lower);
  return lower;
}

/** Without the spaces and tabs around it, and nothing else that might pass for a space. */
function trim(text: string, from: number, to: number): string {
  let [start, end] = [from, to];
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** Named twice is not `chunked` either. */
function isChunked(coding: string | string[]): boolean {
  return typeof coding === 'string' && coding.toLowerCase() === 'chunked';
}

function hasClose(connection: string | string[] | undefined): boolean {
  if (connection === undefined || connection === 'keep-alive') return false;
  return /(?:^|,)[ \t]*close[ \t]*(?:,|$)/i.test(String(connection));
}

function readSeconds(hint: string): number | undefined {
  const seconds = /\btimeout=(\d{1,9})\b/i.exec(hint)?.[1];
  return seconds === undefined ? undefined : Number(seconds);
}
