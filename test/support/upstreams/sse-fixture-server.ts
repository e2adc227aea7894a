import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js';
import type { FixtureServer } from './fixture-server.ts';
import { buildFixture } from './fixture-surface.ts';

/** The fixture as a server of the first transport, HTTP with SSE (MCP 2024-11-05): `/sse` to listen, `/message` to post. */
export async function startSseFixtureServer(options: { readonly port?: number } = {}): Promise<FixtureServer> {
  const transports = new Map<string, SSEServerTransport>();
  const server = createServer((request, response) => {
    handle(transports, request, response).catch((cause: unknown) => {
      process.stderr.write(`fixture: ${String(cause)}\n`);
      response.destroy();
    });
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const loseSessions = async () => void (await Promise.all([...transports.values()].map((transport) => transport.close())));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/sse`,
    loseSessions,
    close: async () => {
      await loseSessions();
      server.close();
      server.closeAllConnections();
    },
  };
}

async function handle(transports: Map<string, SSEServerTransport>, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (request.method === 'GET' && url.pathname === '/sse') return listen(transports, response);
  const transport = transports.get(url.searchParams.get('sessionId') ?? '');
  if (request.method !== 'POST' || url.pathname !== '/message') return void response.writeHead(405).end();
  if (transport === undefined) return void response.writeHead(404).end('Session not found');
  await transport.handlePostMessage(request, response);
}

async function listen(transports: Map<string, SSEServerTransport>, response: ServerResponse): Promise<void> {
  const transport = new SSEServerTransport('/message', response);
  transports.set(transport.sessionId, transport);
  response.on('close', () => transports.delete(transport.sessionId));
  const fixture = buildFixture((server) => ({
    toolsChanged: () => server.sendToolListChanged(),
    promptsChanged: () => server.sendPromptListChanged(),
  }));
  fixture.server.setRequestHandler('resources/subscribe', () => ({}));
  fixture.server.setRequestHandler('resources/unsubscribe', () => ({}));
  await fixture.connect(transport);
}
