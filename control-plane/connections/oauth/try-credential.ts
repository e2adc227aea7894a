import type { GuardedFetch } from '../../egress/index.ts';
import type { McpServer } from '../../mcp-servers/index.ts';
import { explainFailure } from './explain-failure.ts';
import { askUpstream } from './read-challenge.ts';

/** What an upstream says to a credential. */
export interface Trial {
  readonly isAccepted: boolean;
  /** In words. */
  readonly message: string;
}

/** Opens a session with the credential and ends it again. */
export async function tryCredential(http: GuardedFetch, server: McpServer, headers: Readonly<Record<string, string>>): Promise<Trial> {
  try {
    const { status } = await askUpstream(http, server.canonicalUrl, server.transport, headers);
    if (status === 401 || status === 403) return { isAccepted: false, message: `The upstream refuses the credential (HTTP ${status}).` };
    if (status >= 500) return { isAccepted: false, message: `The upstream fails (HTTP ${status}). Try again later.` };
    return { isAccepted: true, message: 'The upstream accepts the credential.' };
  } catch (cause) {
    return { isAccepted: false, message: explainFailure(cause) };
  }
}
