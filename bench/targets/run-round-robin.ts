// The smallest balancer that does what production ones do: it asks each replica whether it is ready, sends calls in turn to those that
// are, and tries another one where a connection is refused, which is before anything was sent. It never sends a call twice.
import { once } from 'node:events';
import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Replica {
  readonly port: number;
  readonly adminPort: number;
  isReady: boolean;
}

/** How often a replica is asked, in milliseconds. */
const CHECK_MS = 100;

const replicas = process.argv.slice(2).map((ports): Replica => {
  const [port, adminPort] = ports.split(':').map(Number);
  return { port: port!, adminPort: adminPort!, isReady: false };
});
/** A connection a call: one that is kept may be closed by the replica at the very moment it is used again. */
const agent = new Agent({ keepAlive: false });
let turn = 0;

await Promise.all(replicas.map(check));
const server = createServer((incoming, answer) => {
  const chunks: Buffer[] = [];
  incoming.on('data', (chunk: Buffer) => void chunks.push(chunk));
  incoming.on('end', () => forward(incoming, Buffer.concat(chunks), answer, replicas.length));
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
process.stdout.write(`listening ${(server.address() as AddressInfo).port}\n`);

function forward(incoming: IncomingMessage, body: Buffer, answer: ServerResponse, attempts: number): void {
  const replica = chooseReplica();
  if (replica === undefined || attempts === 0) return void answer.writeHead(503).end();
  const { method, url: path, headers } = incoming;
  const outgoing = request({ host: '127.0.0.1', port: replica.port, method, path, agent, headers: { ...headers, connection: 'close' } });
  outgoing.on('response', (upstream) => {
    const kept = { ...upstream.headers };
    for (const name of ['connection', 'keep-alive', 'transfer-encoding']) delete kept[name];
    answer.writeHead(upstream.statusCode ?? 502, kept);
    upstream.pipe(answer);
  });
  outgoing.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'ECONNREFUSED') {
      replica.isReady = false;
      return forward(incoming, body, answer, attempts - 1);
    }
    answer.writeHead(502).end();
  });
  outgoing.end(body);
}

function chooseReplica(): Replica | undefined {
  const ready = replicas.filter(({ isReady }) => isReady);
  return ready[turn++ % Math.max(1, ready.length)];
}

/** Asks once, and goes on asking. */
function check(replica: Replica): Promise<void> {
  return new Promise((resolve) => {
    const note = (isReady: boolean) => {
      replica.isReady = isReady;
      setTimeout(() => void check(replica), CHECK_MS);
      resolve();
    };
    const asking = request({ host: '127.0.0.1', port: replica.adminPort, path: '/readyz', agent }, (answer) => {
      answer.resume();
      note(answer.statusCode === 200);
    });
    asking.on('error', () => note(false));
    asking.end();
  });
}
