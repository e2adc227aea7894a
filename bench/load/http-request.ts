import { LEGACY_REVISION, MODERN_REVISION, REQUEST_ID } from '../upstream/messages.ts';

/** What a request is made of besides its body. */
export interface RequestParts {
  readonly method: 'POST' | 'GET' | 'DELETE';
  readonly path: string;
  readonly key: string;
  readonly session?: string | undefined;
  /** Further headers, names and values in turn. */
  readonly headers?: readonly string[];
  readonly body?: string;
}

/** A request as an MCP client on Node sends it: the headers that `fetch` adds are part of what every proxy has to read. */
export function toHttpRequest(parts: RequestParts): Buffer {
  const { method, path, key, session, headers = [], body = '' } = parts;
  const accept = method === 'GET' ? 'text/event-stream' : 'application/json, text/event-stream';
  const lines = [
    `${method} ${path} HTTP/1.1`,
    'host: 127.0.0.1',
    'connection: keep-alive',
    `authorization: Bearer ${key}`,
    `accept: ${accept}`,
  ];
  if (session !== undefined) lines.push(`mcp-session-id: ${session}`);
  if (!headers.includes('mcp-protocol-version')) lines.push(`mcp-protocol-version: ${LEGACY_REVISION}`);
  for (let i = 0; i < headers.length; i += 2) lines.push(`${headers[i]}: ${headers[i + 1]}`);
  lines.push('accept-language: *', 'sec-fetch-mode: cors', 'user-agent: node', 'accept-encoding: br, gzip, deflate');
  if (method === 'POST') lines.push('content-type: application/json', `content-length: ${Buffer.byteLength(body)}`);
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`);
}

/** A `tools/call` of a legacy session, with the few arguments that most calls have. */
export function toCallBody(name: string, extraArgument?: string, id: number = REQUEST_ID): string {
  const note = extraArgument === undefined ? {} : { note: extraArgument };
  const call = { name, arguments: { filter: 'status = open and owner = me', limit: 25, ...note }, _meta: { progressToken: REQUEST_ID } };
  return JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: call });
}

/** A `tools/call` of the stateless revision, and the headers that repeat what its body says. */
export function toModernCall(name: string, id: number = REQUEST_ID): { readonly body: string; readonly headers: readonly string[] } {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': MODERN_REVISION,
    'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1.0.0' },
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const params = { name, arguments: { filter: 'status = open and owner = me', limit: 25 }, _meta: meta };
  return {
    body: JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params }),
    headers: ['mcp-protocol-version', MODERN_REVISION, 'mcp-method', 'tools/call', 'mcp-name', name],
  };
}

/** `initialize`, by which a client opens a legacy session. */
export const INITIALIZE_BODY = JSON.stringify({
  jsonrpc: '2.0',
  id: REQUEST_ID,
  method: 'initialize',
  params: { protocolVersion: LEGACY_REVISION, capabilities: {}, clientInfo: { name: 'bench', version: '1.0.0' } },
});

export const INITIALIZED_BODY = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' });

export const LIST_BODY = JSON.stringify({ jsonrpc: '2.0', id: REQUEST_ID, method: 'tools/list', params: {} });
