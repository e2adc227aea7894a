// Baseline: a pass-through put together from the public SDK's own client and server, as a gateway is that does not read the wire
// itself. Every message is parsed, validated, handled and written anew, twice.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { NodeStreamableHTTPServerTransport } from '@modelcontextprotocol/node';
import { Server } from '@modelcontextprotocol/server';
import type { UpstreamRoute } from './target.ts';

const routes = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as UpstreamRoute[];
const origins = new Map(routes.map(({ path, origin }) => [path, origin]));
const sessions = new Map<string, NodeStreamableHTTPServerTransport>();

const http = createServer((req, res) => {
  serve(req, res).catch((cause: unknown) => res.destroy(cause instanceof Error ? cause : new Error(String(cause))));
});
http.keepAliveTimeout = 75_000;
http.listen({ port: 0, host: '127.0.0.1', backlog: 16_384 });
await once(http, 'listening');
process.stdout.write(`listening ${(http.address() as AddressInfo).port}\n`);

async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const id = req.headers['mcp-session-id'];
  const transport = typeof id === 'string' ? sessions.get(id) : await openSession(req.url!);
  if (transport === undefined) return void res.writeHead(404).end();
  await transport.handleRequest(req, res);
}

async function openSession(path: string): Promise<NodeStreamableHTTPServerTransport> {
  const client = new Client({ name: 'bench-sdk-pass-through', version: '1.0.0' });
  await client.connect(new StreamableHTTPClientTransport(new URL(path, origins.get(path))));
  const server = new Server({ name: 'bench-sdk-pass-through', version: '1.0.0' }, { capabilities: { tools: {} } });
  server.setRequestHandler('tools/call', (request) => client.callTool(request.params));
  const transport = new NodeStreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    enableJsonResponse: true,
    onsessioninitialized: (id) => void sessions.set(id, transport),
  });
  await server.connect(transport);
  return transport;
}
