import { Client, StreamableHTTPClientTransport, type ClientCapabilities } from '@modelcontextprotocol/client';

/** How a client of the second SDK line finds out the era: `legacy` opens with `initialize`, `auto` probes first, `modern` insists. */
export type Negotiation = 'legacy' | 'auto' | 'modern';

/** A connected client of the official SDK (second line), with an API key in its header. */
export async function connectClient(
  url: string,
  key: string,
  negotiation: Negotiation = 'legacy',
  capabilities: ClientCapabilities = {},
): Promise<Client> {
  const mode = negotiation === 'modern' ? { pin: '2026-07-28' } : negotiation;
  const client = new Client({ name: 'sluice-test', version: '1.0.0' }, { capabilities, versionNegotiation: { mode } });
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers: { authorization: `Bearer ${key}` } } }));
  return client;
}
