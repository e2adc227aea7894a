import type { ServerResponse } from 'node:http';
import { errors, type Provider } from 'oidc-provider';
import type { PageRequest } from '../../pages/index.ts';

/** A client's request that waits for a person. The library has checked it: the client, where it wants the person back, the challenge. */
export interface OpenInteraction {
  /** Of its page, on this origin. */
  readonly path: string;
  readonly beganAtMs: number;
  readonly client: { readonly clientId: string; readonly clientName?: string | undefined };
  readonly redirectUri: string;
  readonly resource: string;
  /** What the client insists on (OpenID Connect Core section 3.1.2.1). */
  readonly prompts: readonly string[];
}

/** The request that this browser began; undefined where it did not begin this one, or it has expired. */
export async function readInteraction(
  provider: Provider,
  { req, params }: PageRequest,
  res: ServerResponse,
): Promise<OpenInteraction | undefined> {
  const interaction = await findInteraction(provider, req, res);
  if (interaction === undefined || interaction.uid !== params['uid']) return undefined;
  const { client_id: clientId, redirect_uri: redirectUri, resource, prompt } = interaction.params;
  const client = typeof clientId === 'string' ? await provider.Client.find(clientId) : undefined;
  if (client === undefined || typeof redirectUri !== 'string' || typeof resource !== 'string') return undefined;
  return {
    path: `/oauth/interaction/${interaction.uid}`,
    beganAtMs: (interaction.iat ?? 0) * 1_000,
    client: { clientId: client.clientId, clientName: client.clientName },
    redirectUri,
    resource,
    prompts: typeof prompt === 'string' ? prompt.split(' ') : [],
  };
}

async function findInteraction(provider: Provider, req: PageRequest['req'], res: ServerResponse) {
  try {
    return await provider.interactionDetails(req, res);
  } catch (cause) {
    if (cause instanceof errors.SessionNotFound) return undefined;
    throw cause;
  }
}
