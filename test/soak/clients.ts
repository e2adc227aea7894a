import { Client as SecondLineClient, StreamableHTTPClientTransport as SecondLineTransport } from '@modelcontextprotocol/client';
import { Client as FirstLineClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as FirstLineTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { fetch as fetchWith, type Agent } from 'undici';
import { connectRawLegacy, connectRawModern } from './raw-clients.ts';

/** A client in use. */
export interface SoakClient {
  call(tool: string): Promise<void>;
  /** Makes a call that the server asks something about, and never answers. Absent where the client cannot be asked. */
  beAsked?(): Promise<void>;
  /** Closes its connections in good order, and leaves its session behind. */
  leave(): Promise<void>;
  /** Ends its session first. */
  goodbye(): Promise<void>;
}

/** A kind of client. Whatever it opens goes through the agent: when that is destroyed, the client has crashed. */
export interface ClientKind {
  readonly name: string;
  /** Whether it can do without sessions. */
  readonly isModern: boolean;
  connect(destination: Destination, agent: Agent): Promise<SoakClient>;
}

export interface Destination {
  readonly url: string;
  readonly key: string;
}

const CLIENT_INFO = { name: 'sluice-soak', version: '1.0.0' };

/** A crashed client does not come back. */
const reconnectionOptions = { maxRetries: 0, initialReconnectionDelay: 1, maxReconnectionDelay: 1, reconnectionDelayGrowFactor: 1 };

export const CLIENT_KINDS: readonly ClientKind[] = [
  { name: 'SDK v1', isModern: false, connect: connectFirstLine },
  { name: 'SDK v2 legacy', isModern: false, connect: (destination, agent) => connectSecondLine(destination, agent, 'legacy') },
  { name: 'SDK v2 auto', isModern: true, connect: (destination, agent) => connectSecondLine(destination, agent, 'auto') },
  { name: 'raw legacy', isModern: false, connect: connectRawLegacy },
  { name: 'raw modern', isModern: true, connect: connectRawModern },
];

async function connectFirstLine(destination: Destination, agent: Agent): Promise<SoakClient> {
  const client = new FirstLineClient(CLIENT_INFO);
  const transport = new FirstLineTransport(new URL(destination.url), { ...toOptions(destination, agent), reconnectionOptions });
  await client.connect(transport);
  return {
    call: async (tool) => void (await client.callTool({ name: tool, arguments: {} })),
    leave: () => client.close(),
    goodbye: () => transport.terminateSession().then(() => client.close()),
  };
}

async function connectSecondLine(destination: Destination, agent: Agent, mode: 'legacy' | 'auto'): Promise<SoakClient> {
  const client = new SecondLineClient(CLIENT_INFO, { versionNegotiation: { mode } });
  const transport = new SecondLineTransport(new URL(destination.url), { ...toOptions(destination, agent), reconnectionOptions });
  await client.connect(transport);
  return {
    call: async (tool) => void (await client.callTool({ name: tool, arguments: {} })),
    leave: () => client.close(),
    goodbye: () => transport.terminateSession().then(() => client.close()),
  };
}

/** The SDKs take any `fetch`; the one of the package takes an agent. */
function toOptions({ key }: Destination, agent: Agent) {
  const fetchThroughAgent = (url: string | URL, init: object = {}) => fetchWith(url, { ...init, dispatcher: agent });
  return { requestInit: { headers: { authorization: `Bearer ${key}` } }, fetch: fetchThroughAgent as unknown as typeof fetch };
}
