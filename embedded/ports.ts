import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Everything that is started here listens on this address and no other. */
export const LOOPBACK = '127.0.0.1';

/**
 * Where free ports are looked for: below those that operating systems give to outgoing connections (32768 and up on Linux, 49152 on others),
 * so that none of these takes a port between its choice and its use.
 */
const FIRST_PORT = 12_000;
const LAST_PORT = 32_000;

/** A port that nobody listens on at this moment. Another server may take it before it is used; whoever needs certainty listens on port 0. */
export async function reserveFreePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST_PORT, LAST_PORT);
    if (await isPortFree(port)) return port;
  }
}

/** Whether a server could listen on the port. */
export async function isPortFree(port: number): Promise<boolean> {
  const server = createServer();
  const opened = Promise.race([once(server, 'listening').then(() => true), once(server, 'error').then(() => false)]);
  server.listen(port, LOOPBACK);
  const free = await opened.catch(() => false);
  server.close();
  return free;
}
