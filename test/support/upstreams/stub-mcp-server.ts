import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it arrived, to the byte. */
export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Name, value, name, value, in the order and spelling of the wire. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  /** The body as JSON, or undefined where it is none. */
  readonly message: JsonRpcMessage | undefined;
  /** Settles when the connection of the answer is gone or the answer is complete. */
  readonly closed: Promise<void>;
}

export interface JsonRpcMessage {
  readonly id?: string | number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
}

/** What a test scripts: the answer to one request. */
export type Answer = (request: RecordedRequest, response: ServerResponse) => void | Promise<void>;

export interface StubMcpServer {
  /** The MCP endpoint. */
  readonly url: string;
  /** Every request so far, in order of arrival. */
  readonly requests: readonly RecordedRequest[];
  /** Replaces the script. */
  answer(answer: Answer): void;
  /** The first request, past or future, that matches. */
  waitFor(matches: (request: RecordedRequest) => boolean): Promise<RecordedRequest>;
  /** Forgets the requests so far. */
  forget(): void;
  close(): Promise<void>;
}

/**
 * An upstream that does exactly what a test tells it, on plain `node:http`: stalls, dies in the middle of a stream, answers with odd status codes.
 * Unless told otherwise it is a small legacy server (see {@link answerLegacy}).
 */
export async function stubMcpServer(answer: Answer = answerLegacy, port = 0): Promise<StubMcpServer> {
  const requests: RecordedRequest[] = [];
  const waiting = new Set<(request: RecordedRequest) => void>();
  let script = answer;
  const server = createServer((incoming, response) => {
    const serve = async () => {
      const request = await record(incoming, response);
      requests.push(request);
      for (const notify of waiting) notify(request);
      await script(request, response);
    };
    serve().catch((cause: unknown) => response.destroy(cause instanceof Error ? cause : new Error(String(cause))));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    requests,
    answer: (next) => void (script = next),
    waitFor: (matches) => {
      const past = requests.find(matches);
      if (past !== undefined) return Promise.resolve(past);
      return new Promise((resolve) => {
        const notify = (request: RecordedRequest) => {
          if (!matches(request)) return;
          waiting.delete(notify);
          resolve(request);
        };
        waiting.add(notify);
      });
    },
    forget: () => void requests.splice(0),
    close: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Whether a request carries this JSON-RPC method. */
export function isMethod(method: string): (request: RecordedRequest) => boolean {
  return (request) => request.message?.method === method;
}

/** The session that {@link answerLegacy} hands out. */
export const STUB_SESSION = 'stub-session-1';

/** The revision that {@link answerLegacy} speaks. */
export const LEGACY_REVISION = '2025-11-25';

/** A legacy server with one session: it initializes, accepts notifications, and answers any other request with the parameters it got. */
export function answerLegacy(request: RecordedRequest, response: ServerResponse): void {
  const { message } = request;
  if (request.method === 'DELETE') return void response.writeHead(200).end();
  if (request.method !== 'POST') return void response.writeHead(405).end();
  if (message?.method === 'initialize') return sendJson(response, initializeAnswer(message), { 'mcp-session-id': STUB_SESSION });
  if (message?.id === undefined || message.method === undefined) return void response.writeHead(202).end();
  sendJson(response, { jsonrpc: '2.0', id: message.id, result: { echoed: message.params ?? {} } });
}

/** A server with HTTP and SSE and one client: answers on the stream what is posted. */
export function answerOverSse(): Answer {
  let say: (text: string) => void = () => undefined;
  return ({ message, method }, response) => {
    if (method === 'GET') {
      openEventStream(response);
      say = (text) => void response.write(text);
      return say('event: endpoint\ndata: /message\n\n');
    }
    response.writeHead(202).end();
    if (message?.id === undefined) return;
    say(frame(message.method === 'initialize' ? initializeAnswer(message) : { jsonrpc: '2.0', id: message.id, result: { tools: [] } }));
  };
}

/** What a legacy server says to `initialize`. */
export function initializeAnswer(message: JsonRpcMessage): object {
  const result = { protocolVersion: LEGACY_REVISION, capabilities: { tools: {} }, serverInfo: { name: 'stub', version: '1.0.0' } };
  return { jsonrpc: '2.0', id: message.id, result };
}

export function sendJson(response: ServerResponse, body: object, headers: Readonly<Record<string, string>> = {}, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** Opens an event stream; the test writes the events. */
export function openEventStream(response: ServerResponse, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', ...headers });
  response.flushHeaders();
}

/** One event of a stream, as the specification frames it. */
export function frame(message: object): string {
  return `event: message\ndata: ${JSON.stringify(message)}\n\n`;
}

async function record(incoming: IncomingMessage, response: ServerResponse): Promise<RecordedRequest> {
  const closed = new Promise<void>((resolve) => void response.once('close', resolve));
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  return {
    method: incoming.method ?? '',
    path: incoming.url ?? '',
    headers: incoming.headers,
    rawHeaders: incoming.rawHeaders,
    body,
    message: parseMessage(body),
    closed,
  };
}

function parseMessage(body: Buffer): JsonRpcMessage | undefined {
  try {
    return JSON.parse(body.toString('utf8')) as JsonRpcMessage;
  } catch {
    return undefined; // a test may send what is not JSON
  }
}
