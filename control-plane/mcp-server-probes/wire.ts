import type { GuardedFetch } from '../egress/index.ts';
import type { JsonObject } from './json-object.ts';
import { ResponseScanner, toMessage } from './response-scanner.ts';

/** What an upstream answered to one request. */
export interface WireAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly headers: Headers;
  /** The JSON-RPC response, from a JSON body or from the first event that carries one; undefined where there is none. */
  readonly message: JsonObject | undefined;
}

/** How much of an answer is read in search of a JSON-RPC response, in characters. */
const MAX_TEXT = 512 * 1024;

/** How much of a stream is read in search of its endpoint event, in characters. */
const MAX_PREAMBLE = 8_192;

/** Sends a request and waits for its JSON-RPC response; what follows it is not read. */
export async function exchange(
  http: GuardedFetch,
  method: 'POST' | 'DELETE' | 'GET',
  url: string,
  headers: Record<string, string>,
  body?: object,
): Promise<WireAnswer> {
  const response = await http.open(url, {
    method,
    headers: {
      accept: 'application/json, text/event-stream',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const contentType = (response.headers.get('content-type') ?? '').split(';', 1)[0]!.trim().toLowerCase();
  const message = await readMessage(response, contentType);
  return { status: response.status, contentType, headers: response.headers, message };
}

/** How a server answers who wants to listen (MCP 2024-11-05, Transports, HTTP with SSE). */
export interface EndpointAnswer {
  readonly status: number;
  /** The first event of the stream; undefined where the answer is no such stream. */
  readonly endpoint: string | undefined;
}

/** Opens a legacy HTTP+SSE stream, and closes it at its first event. */
export async function readEndpointEvent(http: GuardedFetch, url: string, headers: Record<string, string>): Promise<EndpointAnswer> {
  const response = await openSse(http, url, headers);
  let endpoint: string | undefined;
  await readText(
    response,
    (text) => !isEventStream(response) || (endpoint = findEndpoint(text)) !== undefined || text.length > MAX_PREAMBLE,
  );
  return { status: response.status, endpoint };
}

/** What came of a request over HTTP with SSE. */
export interface SseAnswer extends EndpointAnswer {
  readonly headers: Headers;
  /** The JSON-RPC response; undefined where none came. */
  readonly message: JsonObject | undefined;
}

/**
 * Opens a legacy HTTP+SSE stream, posts a request to the place that the server names, and waits for the response. Closing the stream, which
 * follows, ends the session. The place must be of the same origin (MCP 2024-11-05, Transports); it is not posted to otherwise.
 */
export async function exchangeOverSse(http: GuardedFetch, url: string, headers: Record<string, string>, body: object): Promise<SseAnswer> {
  const response = await openSse(http, url, headers);
  const scanner = new ResponseScanner();
  const reader = isEventStream(response) ? response.body?.getReader() : undefined;
  const found: { endpoint?: string; message?: JsonObject } = {};
  let [preamble, length] = ['', 0];
  try {
    for await (const piece of readPieces(reader)) {
      length += piece.length;
      found.message = scanner.push(piece);
      if (found.message !== undefined || length > (found.endpoint === undefined ? MAX_PREAMBLE : MAX_TEXT)) break;
      if (found.endpoint !== undefined) continue;
      preamble += piece;
      found.endpoint = findEndpoint(preamble);
      if (found.endpoint === undefined) continue;
      const place = URL.parse(found.endpoint, url);
      if (place?.origin !== new URL(url).origin) break;
      // A place that takes no messages gives no response either.
      post(http, place.href, headers, body).catch(() => end(reader ?? null));
    }
  } catch (cause) {
    // That somebody is there is known by then, though not who.
    if (found.endpoint === undefined) throw cause;
  } finally {
    await end(reader ?? response.body);
  }
  return { status: response.status, headers: response.headers, endpoint: found.endpoint, message: found.message };
}

async function* readPieces(reader: ReadableStreamDefaultReader | undefined): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for (let next = await reader?.read(); next?.value !== undefined; next = await reader?.read()) {
    yield decoder.decode(next.value as Uint8Array, { stream: true });
  }
}

/** A stream that broke is as closed as it can be. */
async function end(stream: { cancel(): Promise<void> } | null): Promise<void> {
  await stream?.cancel().catch(() => undefined);
}

function openSse(http: GuardedFetch, url: string, headers: Record<string, string>): Promise<Response> {
  return http.open(url, { method: 'GET', headers: { accept: 'text/event-stream', ...headers } });
}

async function post(http: GuardedFetch, url: string, headers: Record<string, string>, body: object): Promise<void> {
  const accepted = await http.open(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  await accepted.body?.cancel();
  if (!accepted.ok) throw new Error(`The message was answered with status ${accepted.status}.`);
}

function isEventStream({ ok, headers }: Response): boolean {
  return ok && (headers.get('content-type') ?? '').toLowerCase().startsWith('text/event-stream');
}

/** What the server says before anything else is where to post. */
function findEndpoint(text: string): string | undefined {
  return /(?:^|\n|\r)event: ?endpoint\r?\n?data: ?([^\r\n]+)/.exec(text)?.[1];
}

async function readMessage(response: Response, contentType: string): Promise<JsonObject | undefined> {
  if (contentType !== 'text/event-stream') {
    const text = await readText(response, () => false);
    return contentType === 'application/json' ? toMessage(text) : undefined;
  }
  const scanner = new ResponseScanner();
  let message: JsonObject | undefined;
  await readText(response, (_text, piece) => (message = scanner.push(piece)) !== undefined);
  return message;
}

/** Reads until told that it is enough, or to the limit; the rest of the answer is cancelled. */
async function readText(response: Response, isEnough: (text: string, piece: string) => boolean): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    const piece = decoder.decode(chunk as Uint8Array, { stream: true });
    text += piece;
    if (isEnough(text, piece) || text.length > MAX_TEXT) break; // leaving the loop cancels the stream
  }
  return text;
}
