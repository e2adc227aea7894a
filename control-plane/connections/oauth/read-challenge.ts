import { extractWWWAuthenticateParams } from '@modelcontextprotocol/client';
import type { Transport } from '../../../contract/snapshot.ts';
import type { GuardedFetch } from '../../egress/index.ts';

/** What a server that wants a token says about getting one. */
export interface Challenge {
  readonly resourceMetadataUrl?: URL;
  readonly scope?: string;
}

const INITIALIZE = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'sluice', version: '1' } },
};

/** Asks the server without a token and reads its challenge (RFC 6750 section 3); empty where it answers without one. */
export async function readChallenge(http: GuardedFetch, url: string, transport: Transport): Promise<Challenge> {
  const response = await askUpstream(http, url, transport, {});
  if (response.status !== 401) return {};
  const { resourceMetadataUrl, scope } = extractWWWAuthenticateParams(response);
  return { resourceMetadataUrl, scope };
}

/** The head of the server's answer to a first request. A session that it opens is ended. */
export async function askUpstream(
  http: GuardedFetch,
  url: string,
  transport: Transport,
  credential: Readonly<Record<string, string>>,
): Promise<Response> {
  const response = await http.open(
    url,
    transport === 'SSE'
      ? { method: 'GET', headers: { accept: 'text/event-stream', ...credential } }
      : {
          method: 'POST',
          headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...credential },
          body: JSON.stringify(INITIALIZE),
        },
  );
  await response.body?.cancel();
  const session = response.headers.get('mcp-session-id');
  if (session !== null) await endSession(http, url, { ...credential, 'mcp-session-id': session });
  return response;
}

async function endSession(http: GuardedFetch, url: string, headers: Record<string, string>): Promise<void> {
  const response = await http.open(url, { method: 'DELETE', headers }).catch(() => undefined);
  await response?.body?.cancel(); // whether it ended does not matter: it was not used
}
