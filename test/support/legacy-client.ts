import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { ClientCapabilities } from '@modelcontextprotocol/sdk/types.js';

/** A connected client of the official SDK's first line, which knows nothing but sessions. */
export async function connectFirstLineClient(url: string, key: string, capabilities: ClientCapabilities = {}): Promise<Client> {
  const client = new Client({ name: 'sluice-test-v1', version: '1.0.0' }, { capabilities });
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers: { authorization: `Bearer ${key}` } } }));
  return client;
}
