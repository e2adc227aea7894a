import type { GuardedFetch } from '../egress/index.ts';

/** A JSON-RPC message as it came. */
export type JsonObject = Readonly<Record<string, unknown>>;

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
  const found: { endpoint?: string; message?: JsonObject } = {};
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let text = '';
  try {
    while (
      isEventStream(response) &&
      found.message === undefined &&
      text.length <= (found.endpoint === undefined ? MAX_PREAMBLE : MAX_TEXT)
    ) {
      const next = await reader?.read();
      if (next?.value === undefined) break;
      text += decoder.decode(next.value as Uint8Array, { stream: true });
      found.message = findEventMessage(text);
      const endpoint = found.endpoint ?? findEndpoint(text);
      if (found.endpoint !== undefined || endpoint === undefined) continue;
      found.endpoint = endpoint;
      const place = URL.parse(endpoint, url);
      if (place?.origin !== new URL(url).origin) break;
      // A place that takes no messages gives no response either.
      post(http, place.href, headers, body).catch(() => reader?.cancel());
    }
  } catch (cause) {
    // That somebody is there is known by then, though not who.
    if (found.endpoint === undefined) throw cause;
  } finally {
    await reader?.cancel().catch(() => undefined); // a stream that broke is as closed as it can be
  }
  return { status: response.status, headers: response.headers, endpoint: found.endpoint, message: found.message };
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
  let message: JsonObject | undefined;
  if (contentType === 'text/event-stream') {
    await readText(response, (text) => (message = findEventMessage(text)) !== undefined);
    return message;
  }
  const text = await readText(response, () => false);
  return contentType === 'application/json' ? toMessage(text) : undefined;
}

/** Reads until told that it is enough, or to the limit; the rest of the answer is cancelled. */
async function readText(response: Response, isEnough: (text: string) => boolean): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (isEnough(text) || text.length > MAX_TEXT) break; // leaving the loop cancels the stream
  }
  return text;
}

function findEventMessage(text: string): JsonObject | undefined {
  for (const event of text.split(/\r?\n\r?\n/).slice(0, -1)) {
    const data = event
      .split(/\r?\n/)
      .filter((line) => line.startsWith('data:'))
      .map((line) => line.slice(5).replace(/^ /, ''))
      .join('\n');
    const message = toMessage(data);
    if (message !== undefined && ('result' in message || 'error' in message)) return message;
  }
  return undefined;
}

function toMessage(text: string): JsonObject | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return isObject(json) && json['jsonrpc'] === '2.0' ? json : undefined;
  } catch {
    return undefined; // not JSON is an answer too: not one of MCP
  }
}

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
