// Baseline: what Node's own HTTP costs when nothing is checked. Not a gateway: no refusals, no limits, no sessions.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'undici';
import type { UpstreamRoute } from './target.ts';

const OWN_BUSINESS = new Set(['connection', 'keep-alive', 'transfer-encoding', 'host', 'content-length']);
const routes = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as UpstreamRoute[];
const poolOf = new Map(routes.map(({ origin }) => [origin, new Pool(origin, { bodyTimeout: 0, headersTimeout: 0 })]));
const pools = new Map(routes.map(({ path, origin }) => [path, poolOf.get(origin)!]));

const server = createServer((req, res) => {
  const chunks: Buffer[] = [];
  req.on('data', (chunk: Buffer) => void chunks.push(chunk));
  req.on('end', () => {
    const headers: string[] = [];
    for (let i = 0; i < req.rawHeaders.length; i += 2) {
      if (!OWN_BUSINESS.has(req.rawHeaders[i]!.toLowerCase())) headers.push(req.rawHeaders[i]!, req.rawHeaders[i + 1]!);
    }
    const body = chunks.length === 0 ? null : chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
    pools.get(req.url!)!.dispatch({ path: req.url!, method: req.method!, headers, body }, {
      onRequestStart: (controller) => void res.on('close', () => res.writableFinished || controller.abort(new Error('client gone'))),
      onResponseStart: (_controller, status, received) => {
        for (const name of ['connection', 'keep-alive', 'transfer-encoding']) delete received[name];
        res.writeHead(status, received);
        if (received['content-type'] === 'text/event-stream') res.flushHeaders();
      },
      onResponseData: (controller, chunk) => {
        if (res.write(chunk)) return;
        controller.pause();
        res.once('drain', () => controller.resume());
      },
      onResponseEnd: () => void res.end(),
      onResponseError: () => void res.destroy(),
    }); // prettier-ignore
  });
});
server.keepAliveTimeout = 75_000;
server.listen({ port: 0, host: '127.0.0.1', backlog: 16_384 });
await once(server, 'listening');
process.stdout.write(`listening ${(server.address() as AddressInfo).port}\n`);
