// Listens on loopback without authentication: any local program may use the sample. A web page may not, hence the checks of
// `Host` and `Origin` (MCP 2025-11-25, Transports, Security Warning: DNS rebinding).
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { localhostHostValidation, localhostOriginValidation, toNodeHandler, toWebRequest } from '@modelcontextprotocol/node';
import { createMcpHandler, isJsonContentType, isLegacyRequest } from '@modelcontextprotocol/server';
import { LOOPBACK } from '../ports.ts';
import { Notebook } from './notebook.ts';
import { SessionTable } from './session-table.ts';
import { buildSampleServer } from './surface.ts';

export interface SampleServer {
  readonly port: number;
  stop(): Promise<void>;
}

const MAX_NOTES = 1_000;
const MAX_SESSIONS = 256;
const MAX_BODY_BYTES = 1_048_576;

/** Both protocol eras on `/mcp`: modern requests carry their revision, all others belong to a session. */
export async function startSampleServer(port: number): Promise<SampleServer> {
  const notebook = new Notebook(MAX_NOTES);
  const build = () => buildSampleServer(notebook);
  const sessions = new SessionTable(build, MAX_SESSIONS);
  const modern = createMcpHandler(build, { legacy: 'reject' });
  const serveModern = toNodeHandler(modern);
  const [isHostAllowed, isOriginAllowed] = [localhostHostValidation(), localhostOriginValidation()];
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!isHostAllowed(request, response) || !isOriginAllowed(request, response)) return;
    if (request.url?.split('?', 1)[0] !== '/mcp') return void response.writeHead(404).end();
    if (request.method === 'POST' && !isJsonContentType(request.headers['content-type'])) return void response.writeHead(415).end();
    const body = request.method === 'POST' ? await readJson(request) : undefined;
    if (body === TOO_LARGE) return void response.writeHead(413, { connection: 'close' }).end();
    const isLegacy = await isLegacyRequest(await toWebRequest(request, body), body);
    await (isLegacy ? sessions.handle(request, response, body) : serveModern(request, response, body));
  };
  const server = createServer((request, response) => {
    handle(request, response).catch((cause: unknown) => {
      process.stderr.write(`${cause instanceof Error ? cause.stack : String(cause)}\n`);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  server.listen(port, LOOPBACK);
  await once(server, 'listening');
  const stop = async () => {
    await Promise.all([sessions.close(), modern.close()]);
    server.close();
    server.closeAllConnections();
  };
  return { port: (server.address() as AddressInfo).port, stop };
}

const TOO_LARGE = Symbol('too large');

/** The parsed body, or its text where that is not JSON: the SDK answers it as any other wrong body. */
async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) return TOO_LARGE;
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
