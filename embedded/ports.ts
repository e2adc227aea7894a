import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/** Everything that is started here listens on this address and no other. */
export const LOOPBACK = '127.0.0.1';

/** A port that nobody listens on at this moment. It may be taken before it is used; whoever needs certainty listens on port 0. */
export async function reserveFreePort(): Promise<number> {
  const server = createServer().listen(0, LOOPBACK);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
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
