import { request } from 'undici';
import type { JsonRpcMessage } from './upstreams/stub-mcp-server.ts';

/** One HTTP request to an MCP endpoint, as raw as a test needs it. */
export interface McpRequest {
  /** An API key, sent as a Bearer token. */
  readonly key?: string;
  /** A session id that an `initialize` answered with. */
  readonly session?: string;
  /** Default: POST where there is a body, else GET. */
  readonly method?: 'POST' | 'GET' | 'DELETE' | 'OPTIONS' | 'PUT' | 'PATCH' | 'HEAD';
  /** A message, or the bytes themselves where they matter. */
  readonly body?: object | string | Buffer;
  /** Over what is sent otherwise. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface McpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  /** The body as a JSON-RPC message, also where it came as the last event of a stream. Throws where it is none. */
  message(): JsonRpcAnswer;
}

export interface JsonRpcAnswer extends JsonRpcMessage {
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

/** Sends and reads to the end. */
export async function sendMcp(url: string, sent: McpRequest): Promise<McpAnswer> {
  const answer = await open(url, sent);
  const body = Buffer.from(await answer.body.arrayBuffer());
  return { status: answer.statusCode, headers: answer.headers, body, message: () => toMessage(body, answer.headers['content-type']) };
}

/** A stream that is read while it is open. */
export interface McpStream {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The next bytes, or undefined at the end. */
  read(): Promise<string | undefined>;
  /** Reads on until the text is there, and returns everything so far. */
  readUntil(text: string): Promise<string>;
  /** Reads to the end, and returns everything so far; throws where the stream breaks off. */
  readAll(): Promise<string>;
  /** Leaves, as a client that is closed. */
  leave(): void;
}

/** Sends and returns when the head of the answer is there. */
export async function openMcpStream(url: string, sent: McpRequest): Promise<McpStream> {
  const leaving = new AbortController();
  const answer = await open(url, sent, leaving.signal);
  const chunks = answer.body[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let text = '';
  const read = async () => {
    const next = await chunks.next();
    if (next.done === true) return undefined;
    const chunk = next.value.toString('utf8');
    text += chunk;
    return chunk;
  };
  return {
    status: answer.statusCode,
    headers: answer.headers,
    read,
    readUntil: async (wanted) => {
      while (!text.includes(wanted)) {
        if ((await read()) === undefined) throw new Error(`The stream ended without ${JSON.stringify(wanted)}: ${JSON.stringify(text)}`);
      }
      return text;
    },
    readAll: async () => {
      while ((await read()) !== undefined);
      return text;
    },
    leave: () => leaving.abort(),
  };
}

/** Opens a legacy session and returns its id. */
export async function openSession(url: string, key: string): Promise<string> {
  const answer = await sendMcp(url, { key, body: initialize() });
  const session = answer.headers['mcp-session-id'];
  if (answer.status !== 200 || typeof session !== 'string')
    throw new Error(`initialize was answered with ${answer.status}: ${answer.body.toString()}`);
  await sendMcp(url, { key, session, body: { jsonrpc: '2.0', method: 'notifications/initialized' } });
  return session;
}

/** What a client of 2025-11-25 opens with. */
export function initialize(id: string | number = 1): object {
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'sluice-test', version: '1.0.0' } };
  return { jsonrpc: '2.0', id, method: 'initialize', params };
}

/** A legacy call of a tool. */
export function toolCall(id: string | number, name: string, args: object = {}): object {
  return { jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: args } };
}

const MODERN_REVISION = '2026-07-28';

/** A modern request with its envelope and the headers that repeat it. */
export function modernRequest(id: string | number, method: string, params: Readonly<Record<string, unknown>> = {}): McpRequest {
  const meta = { 'io.modelcontextprotocol/protocolVersion': MODERN_REVISION, 'io.modelcontextprotocol/clientCapabilities': {} };
  const name = params['name'] ?? params['uri'];
  return {
    body: { jsonrpc: '2.0', id, method, params: { ...params, _meta: meta } },
    headers: {
      'mcp-protocol-version': MODERN_REVISION,
      'mcp-method': method,
      ...(typeof name === 'string' && { 'mcp-name': name }),
    },
  };
}

function open(url: string, sent: McpRequest, signal?: AbortSignal) {
  const { body } = sent;
  const bytes = body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  return request(url, {
    method: sent.method ?? (bytes === undefined ? 'GET' : 'POST'),
    headers: {
      accept: 'application/json, text/event-stream',
      ...(bytes !== undefined && { 'content-type': 'application/json' }),
      ...(sent.key !== undefined && { authorization: `Bearer ${sent.key}` }),
      ...(sent.session !== undefined && { 'mcp-session-id': sent.session }),
      ...sent.headers,
    },
    body: bytes ?? null,
    bodyTimeout: 0,
    signal: signal ?? null,
  });
}

function toMessage(body: Buffer, contentType: string | string[] | undefined): JsonRpcAnswer {
  const text = body.toString('utf8');
  if (typeof contentType !== 'string' || !contentType.startsWith('text/event-stream')) return JSON.parse(text) as JsonRpcAnswer;
  const data = text.split('\n').filter((line) => /^data: \S/.test(line));
  return JSON.parse((data.at(-1) ?? '').slice('data: '.length)) as JsonRpcAnswer;
}
