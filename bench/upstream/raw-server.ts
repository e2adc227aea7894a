// An MCP server that answers before anything else could be the bottleneck: HTTP/1.1 on bare sockets, just enough of it for clients
// that the benchmark itself starts. For numbers only; it forgives nothing and checks nothing.
import { createServer, type Server, type Socket } from 'node:net';
import { MODERN_REVISION, SMALL_BYTES, toCallAnswer, toDiscoverAnswer, toInitializeAnswer } from './messages.ts';

/** How many progress notifications come before the result of a call of the tool `progress`. */
export const PROGRESS_EVENTS = 3;

const HEAD_END = Buffer.from('\r\n\r\n');
const ACCEPTED = Buffer.from('HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n');
const DELETED = Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
const STREAM_HEAD =
  'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-cache, no-transform\r\ntransfer-encoding: chunked\r\n';

/** Paths below which only a part of the protocol is spoken, by the server that the hub knows there. */
const MODERN_ONLY = '/upstream/modern-only/';
const LEGACY_ONLY = '/upstream/legacy-only/';
const LEGACY_SSE = '/upstream/legacy-sse/';

/** What the server remembers between requests. */
export class RawUpstream {
  readonly server: Server;
  /** Answers to GET that stay open. */
  readonly #streams = new Set<Socket>();
  /** Streams of the HTTP+SSE transport, by the number in their endpoint. */
  readonly #sseStreams: Socket[] = [];
  /** The tail of a small answer, from behind its id on: only the id differs. */
  readonly #answerTail: string;
  #sessions = 0;

  constructor() {
    this.server = createServer({ noDelay: true }, (socket) => this.#serve(socket));
    this.#answerTail = toCallAnswer(0, SMALL_BYTES, { resultType: 'complete' }).slice('{"jsonrpc":"2.0","id":0'.length);
  }

  /** Writes one event to every open stream, and says to how many. */
  emit(): number {
    const chunk = toChunk(toEvent({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' }));
    for (const stream of this.#streams) stream.write(chunk);
    return this.#streams.size;
  }

  #serve(socket: Socket): void {
    let pending: Buffer | undefined;
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#streams.delete(socket));
    socket.on('data', (data: Buffer) => {
      pending = pending === undefined ? data : Buffer.concat([pending, data]);
      while (pending !== undefined) {
        const used = this.#takeRequest(socket, pending);
        if (used === 0) return;
        pending = used === pending.length ? undefined : pending.subarray(used);
      }
    });
  }

  /** Answers the request at the start of the bytes, and says how long it was; 0 where it is not complete. */
  #takeRequest(socket: Socket, bytes: Buffer): number {
    const headEnd = bytes.indexOf(HEAD_END);
    if (headEnd < 0) return 0;
    const head = bytes.toString('latin1', 0, headEnd);
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
    const end = headEnd + HEAD_END.length + length;
    if (bytes.length < end) return 0;
    this.#answer(socket, head, bytes, headEnd + HEAD_END.length, end);
    return end;
  }

  #answer(socket: Socket, head: string, bytes: Buffer, from: number, to: number): void {
    if (head.startsWith('GET')) return this.#openStream(socket, head);
    if (head.startsWith('DELETE')) return void socket.write(DELETED);
    if (head.startsWith('POST /emit')) return void socket.write(toResponse(String(this.emit()), ''));
    const body = bytes.toString('latin1', from, Math.min(to, from + 512));
    const id = /"id":(\d+|"[^"]*")/.exec(body)?.[1];
    if (head.includes(LEGACY_SSE)) return this.#answerOnStream(socket, head, body, id);
    if (id === undefined) return void socket.write(ACCEPTED);
    const refusal = findRefusal(head, body, id);
    if (refusal !== undefined) return void socket.write(refusal);
    if (body.includes('"server/discover"')) return void socket.write(toResponse(toDiscoverAnswer(JSON.parse(id) as number | string), ''));
    if (body.includes('"initialize"')) return void socket.write(this.#initialize(JSON.parse(id) as number | string));
    if (body.includes('"name":"progress"')) return answerByStream(socket, id, `${id}${this.#answerTail}`);
    const session = /\r\nmcp-session-id: *([^\r]+)/i.exec(head)?.[1];
    const sessionHeader = session === undefined ? '' : `mcp-session-id: ${session}\r\n`;
    socket.write(toResponse(`{"jsonrpc":"2.0","id":${id}${this.#answerTail}`, sessionHeader));
  }

  #initialize(id: number | string): string {
    return toResponse(toInitializeAnswer(id), `mcp-session-id: bench-session-${++this.#sessions}\r\n`);
  }

  /** The HTTP+SSE transport: a POST is only accepted, its answer comes on the stream. */
  #answerOnStream(socket: Socket, head: string, body: string, id: string | undefined): void {
    socket.write(ACCEPTED);
    const stream = this.#sseStreams[Number(/stream=(\d+)/.exec(head)?.[1])];
    if (id === undefined || stream === undefined) return;
    const message = body.includes('"initialize"')
      ? toInitializeAnswer(JSON.parse(id) as number | string)
      : `{"jsonrpc":"2.0","id":${id}${this.#answerTail}`;
    stream.write(toChunk(`event: message\ndata: ${message}\n\n`));
  }

  #openStream(socket: Socket, head: string): void {
    if (head.includes(LEGACY_SSE)) {
      const number = this.#sseStreams.push(socket) - 1;
      return void socket.write(`${STREAM_HEAD}\r\n${toChunk(`event: endpoint\ndata: ${LEGACY_SSE}post?stream=${number}\n\n`)}`);
    }
    if (!head.includes('/mcp')) return void socket.write('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n');
    socket.write(`${STREAM_HEAD}\r\n`);
    this.#streams.add(socket);
  }
}

/** One event a turn of the loop, so that they travel apart, as they do from a tool that works for a while. */
function answerByStream(socket: Socket, id: string, answer: string): void {
  socket.write(`${STREAM_HEAD}\r\n`);
  let sent = 0;
  const next = () => {
    if (socket.destroyed) return;
    if (sent === PROGRESS_EVENTS) {
      socket.write(`${toChunk(`event: message\ndata: {"jsonrpc":"2.0","id":${answer}\n\n`)}0\r\n\r\n`);
      return;
    }
    const params = { progressToken: id, progress: ++sent, total: PROGRESS_EVENTS };
    socket.write(toChunk(toEvent({ jsonrpc: '2.0', method: 'notifications/progress', params })));
    setImmediate(next);
  };
  setImmediate(next);
}

/** What a server of one era says to a message of the other. */
function findRefusal(head: string, body: string, id: string): string | undefined {
  if (head.includes(MODERN_ONLY) && body.includes('"initialize"')) return toError(id, -32022, { supported: [MODERN_REVISION] });
  if (head.includes(LEGACY_ONLY) && body.includes('"server/discover"')) return toError(id, -32601, {});
  return undefined;
}

function toError(id: string, code: number, data: object): string {
  const body = `{"jsonrpc":"2.0","id":${id},"error":${JSON.stringify({ code, message: 'Not here.', data })}}`;
  return toResponse(body, '').replace('200 OK', '400 Bad Request');
}

function toEvent(message: object): string {
  return `event: message\ndata: ${JSON.stringify(message)}\n\n`;
}

function toChunk(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
}

function toResponse(body: string, headers: string): string {
  return `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n${headers}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}
