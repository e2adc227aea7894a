import type { Transport } from '../../contract/snapshot.ts';
import type { GuardedFetch } from '../egress/index.ts';
import { explainFailure } from './explain-failure.ts';
import { discover, probeUpstream } from './probe-upstream.ts';
import { readEndpointEvent } from './wire.ts';

/** Where an upstream is reached, and how. */
export interface UpstreamPlace {
  readonly url: string;
  readonly transport: Transport;
}

/** A server that wants authorization is there. */
const WANTS_AUTHORIZATION: ReadonlySet<number> = new Set([401, 403]);

/**
 * Finds out with one request, where that is enough, whether an MCP server is there; undefined, or a sentence that says what is wrong.
 * Without a credential: whether that one is good shows in the calls. It leaves no session behind, and opens none where the answer is clear.
 */
export async function checkUpstream(http: GuardedFetch, { url, transport }: UpstreamPlace): Promise<string | undefined> {
  try {
    return await (transport === 'SSE' ? checkStream(http, url) : checkPosts(http, url));
  } catch (cause) {
    return explainFailure(cause).message;
  }
}

/** An answer in JSON-RPC is one of an MCP server, whatever it says: legacy servers refuse the question with any status. */
async function checkPosts(http: GuardedFetch, url: string): Promise<string | undefined> {
  const { status, message } = await discover(http, url, {});
  if (WANTS_AUTHORIZATION.has(status) || message !== undefined) return undefined;
  const probe = await probeUpstream(http, url, {});
  if (probe.outcome === 'NEEDS_AUTHORIZATION') return undefined;
  if (probe.outcome !== 'REACHABLE') return probe.message;
  return probe.transport === 'SSE' ? 'The server speaks HTTP with SSE only. Change its transport to SSE.' : undefined;
}

async function checkStream(http: GuardedFetch, url: string): Promise<string | undefined> {
  const { status, endpoint } = await readEndpointEvent(http, url, {});
  if (WANTS_AUTHORIZATION.has(status) || endpoint !== undefined) return undefined;
  return `The server opens no stream with HTTP and SSE (status ${status}). Check the address and the transport.`;
}
