import { once } from 'node:events';
import { createServer, request as sendRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Where a request goes, and with which headers (names and values in turn, as on the wire). */
export interface Hop {
  readonly origin: string;
  readonly headers: readonly string[];
}

export interface PassThrough {
  /** Without a path, on 127.0.0.1. */
  readonly origin: string;
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Something between a client and the gateway: bytes pass as they come, and when one side leaves, the other learns it.
 * @param choose may answer a request itself, with a status.
 */
export async function startPassThrough(choose: (request: IncomingMessage) => Hop | number | undefined): Promise<PassThrough> {
  const server = createServer((incoming, answer) => {
    const hop = choose(incoming);
    if (hop === undefined || typeof hop === 'number') answer.writeHead(hop ?? 503).end();
    else pass(incoming, answer, hop);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    close: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Sends a request on as it comes, and its answer back. */
export function pass(incoming: IncomingMessage, answer: ServerResponse, hop: Hop): void {
  const headers = withoutConnection(hop.headers);
  const outgoing = sendRequest(hop.origin + incoming.url, { method: incoming.method, headers, agent: false });
  outgoing.on('response', (upstream) => {
    answer.writeHead(upstream.statusCode ?? 502, withoutConnection(upstream.rawHeaders));
    answer.flushHeaders();
    upstream.pipe(answer);
    upstream.on('error', () => answer.destroy());
  });
  outgoing.on('error', () => {
    if (answer.headersSent) answer.destroy();
    else answer.writeHead(502).end();
  });
  answer.on('close', () => {
    outgoing.destroy();
    // What was not read of a refused body would stand before the next request on the same connection.
    incoming.unpipe(outgoing).resume();
  });
  incoming.pipe(outgoing);
}

/** The connection is each hop's own business (RFC 9110 section 7.6.1). */
function withoutConnection(rawHeaders: readonly string[]): string[] {
  const kept: string[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    if (!/^(connection|keep-alive|transfer-encoding)$/i.test(rawHeaders[i]!)) kept.push(rawHeaders[i]!, rawHeaders[i + 1]!);
  }
  return kept;
}
