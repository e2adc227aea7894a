import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import { errors } from 'undici';
import type { Carrier, PendingRequest } from './pending-request.ts';
import { writeTogether } from '../../write-together.ts';
import { toRequestHead } from './request-head.ts';
import { ResponseParser, type ParserFault, type ResponseSink } from './response-parser.ts';

/** Who keeps connections. */
export interface ConnectionOwner {
  /** It may carry another request. */
  onFree(connection: Connection): void;
  /** It is closed. */
  onGone(connection: Connection): void;
}

/** How long an idle connection is used again, in milliseconds, where the upstream does not say. */
const KEEP_ALIVE_MS = 4_000;

/** An upstream closes at the time it said; a request must not be on its way just then. */
const KEEP_ALIVE_MARGIN_MS = 2_000;
const MAX_KEEP_ALIVE_MS = 600_000;

/** Bodies up to this size, in bytes, are cheaper to copy than to write beside their head. */
const MAX_COPIED_BYTES = 8 * 1024;

/** One connection to an upstream. It carries one request at a time. */
export class Connection implements Carrier, ResponseSink {
  readonly #socket: Socket;
  readonly #host: string;
  readonly #owner: ConnectionOwner;
  readonly #parser = new ResponseParser(this);
  #request: PendingRequest | undefined;
  #freeUntilMs = Infinity;
  /** Its place among all connections of its owner. */
  place = -1;

  constructor(socket: Socket, host: string, owner: ConnectionOwner) {
    this.#socket = socket;
    this.#host = host;
    this.#owner = owner;
    socket.unref(); // what waits for an answer holds the process, not what it comes on
    socket.on('data', (bytes: Buffer) => this.#onBytes(bytes));
    socket.on('end', () => this.#onEnd());
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#onClose());
  }

  /** Whether a request may be sent on it now. */
  isFree(nowMs: number): boolean {
    return this.#request === undefined && nowMs < this.#freeUntilMs && !this.#socket.destroyed && this.#socket.writable;
  }

  send(request: PendingRequest): void {
    this.#request = request;
    try {
      if (!request.start(this)) return this.#release();
      this.#parser.begin();
      this.#write(request);
    } catch (cause) {
      this.#request = undefined;
      this.close();
      request.fail(cause as Error);
    }
  }

  pause(): void {
    this.#parser.pause();
    this.#socket.pause();
  }

  /** What is kept from before may be more than is wanted just now. */
  resume(): void {
    this.#onBytes(undefined);
    if (!this.#parser.isPaused) this.#socket.resume();
  }

  abandon(): void {
    this.#request = undefined;
    this.close();
  }

  /** Ends it at once. A request that is under way fails. */
  close(): void {
    this.#parser.stop();
    this.#socket.destroy();
  }

  onHead(status: number, headers: IncomingHttpHeaders): void {
    this.#request?.noteHead(status, headers);
  }

  onBody(chunk: Buffer): void {
    this.#request?.noteBody(chunk);
  }

  /** Given back first, so that what follows the answer can use the connection. */
  onEnd(): void {
    const request = this.#request;
    this.#request = undefined;
    if (request?.paused === true) this.#socket.resume();
    // An answer that comes before its request was sent whole may be followed by the rest of the request at any time.
    if (this.#parser.isReusable && this.#socket.writableLength === 0) this.#release();
    else this.close();
    request?.end();
  }

  #write({ call: { path, method, headers, body } }: PendingRequest): void {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    const bodyBytes = bytes === null ? (method === 'POST' ? 0 : undefined) : bytes.length;
    const head = toRequestHead(this.#host, method, path, headers, bodyBytes);
    writeTogether(this.#socket);
    if (bytes === null || bytes.length === 0) this.#socket.write(head, 'latin1');
    // Node joins texts to one write, and Latin-1 has a character for every byte.
    else if (bytes.length <= MAX_COPIED_BYTES) this.#socket.write(head + bytes.toString('latin1'), 'latin1');
    else {
      this.#socket.cork();
      this.#socket.write(head, 'latin1');
      this.#socket.write(bytes);
      this.#socket.uncork();
    }
  }

  #release(): void {
    this.#request = undefined;
    const said = this.#parser.keepAliveSeconds;
    const keptMs = said === undefined ? KEEP_ALIVE_MS : Math.min(said * 1_000 - KEEP_ALIVE_MARGIN_MS, MAX_KEEP_ALIVE_MS);
    if (keptMs <= 0) return this.close();
    this.#freeUntilMs = Date.now() + keptMs;
    this.#owner.onFree(this);
  }

  /** What whoever is told of the answer throws is a bug, and ends this request; nothing else on the process. */
  #onBytes(bytes: Buffer | undefined): void {
    try {
      const fault = bytes === undefined ? this.#parser.resume() : this.#parser.push(bytes);
      if (fault !== undefined) this.#fail(new MalformedAnswerError(fault));
    } catch (cause) {
      this.#fail(cause as Error);
    }
  }

  #onEnd(): void {
    try {
      if (!this.#parser.finish()) this.#fail(new errors.SocketError('other side closed'));
    } catch (cause) {
      this.#fail(cause as Error);
    }
  }

  #fail(error: Error): void {
    const request = this.#request;
    this.#request = undefined;
    this.close();
    request?.fail(error);
  }

  #onClose(): void {
    this.#owner.onGone(this);
    this.#fail(new errors.SocketError('closed'));
  }
}

/** The upstream speaks, but not HTTP. */
class MalformedAnswerError extends Error {
  override readonly name = 'MalformedAnswerError';
  readonly code: ParserFault;

  constructor(code: ParserFault) {
    super('The upstream answers with something that is not HTTP.');
    this.code = code;
  }
}
