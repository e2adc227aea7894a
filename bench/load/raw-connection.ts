// A client connection for what wrk cannot do: cycles in which a request depends on the answer before it, and fixed rates. HTTP/1.1
// on a bare socket, one request at a time, because a client that costs as much as the gateway would measure itself.
import { connect, type Socket } from 'node:net';

/** An answer, as far as the generator looks at it. */
export interface RawAnswer {
  readonly status: number;
  readonly head: string;
  /** Bytes of the body on the wire, with the framing of chunks. */
  readonly bodyBytes: number;
}

/** What happened to the request that was sent last. An error means that its answer did not come, or not whole. */
export type AnswerListener = (answer: RawAnswer | Error) => void;

const HEAD_END = Buffer.from('\r\n\r\n');
const LAST_CHUNK = Buffer.from('\r\n0\r\n\r\n');

export class RawConnection {
  readonly #port: number;
  #socket: Socket | undefined;
  #listener: AnswerListener | undefined;
  #head: string | undefined;
  #status = 0;
  /** -1 where the body comes in chunks. */
  #announced = 0;
  #bodyBytes = 0;
  /** Bytes of a head that is not complete, or the end of a body in chunks. */
  #held: Buffer = EMPTY;

  constructor(port: number) {
    this.#port = port;
  }

  /** Sends a request; connects first where there is no connection. */
  send(request: Buffer, listener: AnswerListener): void {
    this.#listener = listener;
    this.#head = undefined;
    this.#bodyBytes = 0;
    this.#held = EMPTY;
    (this.#socket ?? this.#open()).write(request);
  }

  /** Connects without sending anything. */
  connect(): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = this.#open();
      socket.once('connect', () => resolve());
      socket.once('error', reject);
    });
  }

  close(): void {
    this.#listener = undefined;
    this.#socket?.destroy();
  }

  #open(): Socket {
    const socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true });
    this.#socket = socket;
    let failure: Error | undefined;
    socket.on('error', (error) => (failure = error));
    socket.on('data', (data: Buffer) => this.#onData(data));
    socket.on('close', () => {
      if (this.#socket === socket) this.#socket = undefined;
      this.#finish(failure ?? new Error('The connection was closed before the answer was complete.'));
    });
    return socket;
  }

  #onData(data: Buffer): void {
    let body = data;
    if (this.#head === undefined) {
      const bytes = this.#held.length === 0 ? data : Buffer.concat([this.#held, data]);
      const end = bytes.indexOf(HEAD_END);
      if (end < 0) return void (this.#held = bytes);
      this.#readHead(bytes.toString('latin1', 0, end));
      body = bytes.subarray(end + 2); // with the line end that a chunked body without a chunk would need before its last one
      this.#bodyBytes = -2;
      this.#held = EMPTY;
    }
    this.#bodyBytes += body.length;
    if (this.#announced >= 0) {
      if (this.#bodyBytes >= this.#announced) this.#finish(this.#toAnswer());
      return;
    }
    this.#held = body.length >= LAST_CHUNK.length ? body : Buffer.concat([this.#held.subarray(-LAST_CHUNK.length), body]);
    if (this.#held.subarray(-LAST_CHUNK.length).equals(LAST_CHUNK)) this.#finish(this.#toAnswer());
  }

  #readHead(head: string): void {
    this.#head = head;
    this.#status = Number(head.slice(9, 12));
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    this.#announced = length !== undefined ? Number(length) : /\r\ntransfer-encoding: *chunked/i.test(head) ? -1 : 0;
  }

  #toAnswer(): RawAnswer {
    return { status: this.#status, head: this.#head ?? '', bodyBytes: this.#bodyBytes };
  }

  #finish(answer: RawAnswer | Error): void {
    const listener = this.#listener;
    this.#listener = undefined;
    listener?.(answer);
  }
}

const EMPTY = Buffer.alloc(0);

/** The value of a header in an answer's head. */
export function findHeader(head: string, name: string): string | undefined {
  return new RegExp(`\\r\\n${name}: *([^\\r]+)`, 'i').exec(head)?.[1];
}

/** Whether an answer came and says that the request succeeded. */
export function isSuccess(answer: RawAnswer | Error): answer is RawAnswer {
  return !(answer instanceof Error) && answer.status < 400;
}

/** One request on a connection of its own. */
export async function sendOnce(port: number, request: Buffer): Promise<RawAnswer> {
  const connection = new RawConnection(port);
  const answer = await new Promise<RawAnswer | Error>((resolve) => connection.send(request, resolve));
  connection.close();
  if (answer instanceof Error) throw answer;
  return answer;
}
