import { once } from 'node:events';
import { createServer, request as sendRequest } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RoundRobin {
  readonly url: string;
  /** The origins that take turns. */
  setTargets(origins: readonly string[]): void;
  close(): Promise<void>;
}

/** A load balancer without affinity: each request goes to the next replica, bytes pass as they come. */
export async function startRoundRobin(): Promise<RoundRobin> {
  let targets: readonly string[] = [];
  let turn = 0;
  const server = createServer((incoming, answer) => {
    const target = targets[turn++ % Math.max(1, targets.length)];
    if (target === undefined) return void answer.writeHead(503).end();
    const outgoing = sendRequest(target + incoming.url, { method: incoming.method, headers: pairs(incoming.rawHeaders), agent: false });
    outgoing.on('response', (upstream) => {
      answer.writeHead(upstream.statusCode ?? 502, upstream.rawHeaders);
      answer.flushHeaders();
      upstream.pipe(answer);
      upstream.on('error', () => answer.destroy());
    });
    outgoing.on('error', () => (answer.headersSent ? answer.destroy() : answer.writeHead(502).end()));
    answer.on('close', () => outgoing.destroy());
    incoming.pipe(outgoing);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    setTargets: (origins) => void (targets = origins),
    close: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** As `http.request` takes them: one array, each name followed by its value. The connection is this hop's own business. */
function pairs(rawHeaders: readonly string[]): string[] {
  const kept: string[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    if (!/^(connection|keep-alive)$/i.test(rawHeaders[i]!)) kept.push(rawHeaders[i]!, rawHeaders[i + 1]!);
  }
  return kept;
}
