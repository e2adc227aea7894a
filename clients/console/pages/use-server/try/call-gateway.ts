import { findParameterHeaders, toHeaderValue } from './mcp-headers.ts';

/** What a call needs. */
export interface GatewayTarget {
  readonly url: string;
  readonly key: string;
}

/** A request to the gateway and what became of it, as people want to see it. */
export interface Exchange {
  readonly request: object;
  /** The JSON-RPC answer, or what came instead of one. */
  readonly response: unknown;
  readonly status: number;
  readonly durationMs: number;
  /** Finds the call in the log. */
  readonly traceId: string;
}

const REVISION = '2026-07-28';
const META = {
  'io.modelcontextprotocol/protocolVersion': REVISION,
  'io.modelcontextprotocol/clientInfo': { name: 'Sluice console', version: '1.0.0' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

/**
 * Sends one MCP request from this page straight to the gateway, as any client would. Throws where the gateway cannot be reached, which is
 * also how a browser tells that the gateway does not allow this page.
 */
export async function callGateway(
  { url, key }: GatewayTarget,
  method: string,
  params: Readonly<Record<string, unknown>>,
  schema?: unknown,
): Promise<Exchange> {
  const request = { jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: META } };
  const traceId = randomHex(16);
  const headers: Record<string, string> = {
    authorization: `Bearer ${key}`,
    accept: 'application/json, text/event-stream',
    'content-type': 'application/json',
    'mcp-protocol-version': REVISION,
    'mcp-method': method,
    ...(typeof params['name'] === 'string' && { 'mcp-name': toHeaderValue(params['name']) }),
    ...findParameterHeaders(schema, params['arguments']),
    traceparent: `00-${traceId}-${randomHex(8)}-01`,
  };
  const startedMs = performance.now();
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(request), credentials: 'omit' });
  const text = await answer.text();
  const durationMs = Math.round(performance.now() - startedMs);
  return { request, response: parseAnswer(text, answer.headers.get('content-type')), status: answer.status, durationMs, traceId };
}

/** The answer itself, also where it is the last event of a stream. */
export function parseAnswer(text: string, contentType: string | null): unknown {
  if (contentType?.startsWith('text/event-stream') !== true) return parse(text);
  const messages = text
    .split(/\r?\n\r?\n/)
    .map((event) =>
      event
        .split(/\r?\n/)
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice(5).trimStart())
        .join('\n'),
    )
    .filter((data) => data !== '')
    .map(parse);
  return messages.findLast((message) => typeof message === 'object' && message !== null && 'id' in message && !('method' in message));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // shown as it is
  }
}

function randomHex(bytes: number): string {
  return [...crypto.getRandomValues(new Uint8Array(bytes))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
