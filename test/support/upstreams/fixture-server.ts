import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createMcpHandler, isJsonContentType, isLegacyRequest } from '@modelcontextprotocol/server';
import { localhostHostValidation, localhostOriginValidation, toNodeHandler, toWebRequest } from '@modelcontextprotocol/node';
import { buildFixture } from './fixture-surface.ts';
import { LegacySessions } from './legacy-sessions.ts';

/** The protocol eras a server speaks (mcp-protocol.md, revisions on the wire). */
export type Eras = 'both' | 'legacy' | 'modern';

export interface FixtureServer {
  /** The MCP endpoint. */
  readonly url: string;
  /** How many legacy sessions are open. */
  sessionCount(): number;
  /** Forgets every legacy session, as a restarted server would. */
  loseSessions(): Promise<void>;
  close(): Promise<void>;
}

const validateHost = localhostHostValidation();
const validateOrigin = localhostOriginValidation();

/** The upstream that the conformance suite is run against: the official SDK's server, both eras on one URL unless told otherwise. */
export async function startFixtureServer(options: { readonly eras?: Eras; readonly port?: number } = {}): Promise<FixtureServer> {
  const eras = options.eras ?? 'both';
  const sessions = new LegacySessions();
  const modern = createMcpHandler(() => buildFixture(() => modern.notify), { legacy: 'reject' });
  const serveModern = toNodeHandler(modern);
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    if (!validateHost(request, response) || !validateOrigin(request, response)) return;
    if (request.url?.split('?', 1)[0] !== '/mcp') return void response.writeHead(404).end();
    if (request.method === 'POST' && !isJsonContentType(request.headers['content-type'])) return void response.writeHead(415).end();
    const body = request.method === 'POST' ? await readJson(request) : undefined;
    const isLegacy = eras === 'legacy' || (eras === 'both' && (await isLegacyRequest(await toWebRequest(request, body), body)));
    await (isLegacy ? sessions.handle(request, response, body) : serveModern(request, response, body));
  };
  const server = createServer((request, response) => {
    handle(request, response).catch((cause: unknown) => {
      process.stderr.write(`fixture: ${String(cause)}\n`);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    sessionCount: () => sessions.size,
    loseSessions: () => sessions.close(),
    close: async () => {
      await sessions.close();
      await modern.close();
      server.close();
      server.closeAllConnections();
    },
  };
}

/** The parsed body, or the text where it is not JSON: the SDK then answers as it would for any other wrong body. */
async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString('utf8');
  try {
    return JSON.parse(body);
  } catch {
    return body; // not JSON is an answer of the protocol, not a fault here
  }
}
