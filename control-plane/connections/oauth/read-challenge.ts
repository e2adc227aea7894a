import { extractWWWAuthenticateParams } from '@modelcontextprotocol/client';
import type { Transport } from '../../../contract/snapshot.ts';
import type { GuardedFetch } from '../../egress/index.ts';

/** What a server that wants a token says about getting one. */
export interface Challenge {
  readonly resourceMetadataUrl?: URL;
  readonly scope?: string;
}

const CLIENT = { name: 'sluice', version: '1' };
const INITIALIZE = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: CLIENT },
};
/** In a session, and where there are none (MCP 2026-07-28, Requests). */
const LEGACY_QUESTION = { headers: { 'mcp-protocol-version': '2025-11-25' }, body: { jsonrpc: '2.0', id: 2, method: 'tools/list' } };
const MODERN_QUESTION = {
  headers: { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/list' },
  body: {
    ...LEGACY_QUESTION.body,
    params: {
      _meta: {
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientInfo': CLIENT,
        'io.modelcontextprotocol/clientCapabilities': {},
      },
    },
  },
};

/** Asks the server without a token and reads its challenge (RFC 6750 section 3); empty where it answers without one. */
export async function readChallenge(http: GuardedFetch, url: string, transport: Transport): Promise<Challenge> {
  const response = await askUpstream(http, url, transport, {});
  if (response.status !== 401) return {};
  const { resourceMetadataUrl, scope } = extractWWWAuthenticateParams(response);
  return { resourceMetadataUrl, scope };
}

/**
 * The head of the server's answer to a first request; where that needs no token, to a first question, because many let anybody begin. A
 * session that it opens is ended.
 */
export async function askUpstream(
  http: GuardedFetch,
  url: string,
  transport: Transport,
  credential: Readonly<Record<string, string>>,
): Promise<Response> {
  if (transport === 'SSE') return takeHead(http.open(url, { method: 'GET', headers: { accept: 'text/event-stream', ...credential } }));
  const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...credential };
  const response = await takeHead(http.open(url, { method: 'POST', headers, body: JSON.stringify(INITIALIZE) }));
  if (isRefusal(response) || response.status >= 500) return response;
  const session = response.headers.get('mcp-session-id');
  const question = response.ok ? LEGACY_QUESTION : MODERN_QUESTION;
  const inSession = { ...headers, ...question.headers, ...(session !== null && { 'mcp-session-id': session }) };
  const answer = await takeHead(http.open(url, { method: 'POST', headers: inSession, body: JSON.stringify(question.body) }));
  if (session !== null) await endSession(http, url, inSession);
  return isRefusal(answer) ? answer : response;
}

function isRefusal({ status }: Response): boolean {
  return status === 401 || status === 403;
}

async function takeHead(asked: Promise<Response>): Promise<Response> {
  const response = await asked;
  await response.body?.cancel();
  return response;
}

async function endSession(http: GuardedFetch, url: string, headers: Record<string, string>): Promise<void> {
  const response = await http.open(url, { method: 'DELETE', headers }).catch(() => undefined);
  await response?.body?.cancel(); // whether it ended does not matter: it was not used
}
