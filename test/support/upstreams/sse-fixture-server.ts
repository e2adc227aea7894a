import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js';
import type { FixtureServer } from './fixture-server.ts';
import { FixtureSessions } from './fixture-sessions.ts';

interface Upstream {
  readonly transports: Map<string, SSEServerTransport>;
  readonly sessions: FixtureSessions;
}

/** The fixture as a server of the first transport, HTTP with SSE (MCP 2024-11-05): `/sse` to listen, `/message` to post. */
export async function startSseFixtureServer(options: { readonly port?: number } = {}): Promise<FixtureServer> {
  const upstream: Upstream = { transports: new Map(), sessions: new FixtureSessions() };
  const server = createServer((request, response) => {
    handle(upstream, request, response).catch((cause: unknown) => {
      process.stderr.write(`fixture: ${String(cause)}\n`);
      response.destroy();
    });
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const loseSessions = async () => void (await Promise.all([...upstream.transports.values()].map((transport) => transport.close())));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/sse`,
    sessionCount: () => upstream.transports.size,
    loseSessions,
    close: async () => {
      await loseSessions();
      server.close();
      server.closeAllConnections();
    },
  };
}

async function handle(upstream: Upstream, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (request.method === 'GET' && url.pathname === '/sse') return listen(upstream, response);
  const transport = upstream.transports.get(url.searchParams.get('sessionId') ?? '');
  if (request.method !== 'POST' || url.pathname !== '/message') return void response.writeHead(405).end();
  if (transport === undefined) return void response.writeHead(404).end('Session not found');
  await transport.handlePostMessage(request, response);
}

async function listen({ transports, sessions }: Upstream, response: ServerResponse): Promise<void> {
  const transport = new SSEServerTransport('/message', response);
  transports.set(transport.sessionId, transport);
  response.on('close', () => transports.delete(transport.sessionId));
  await sessions.connect(transport);
}
