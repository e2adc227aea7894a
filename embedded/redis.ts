// A Redis-compatible server in memory, for the local run and for tests: it listens on loopback only. It keeps nothing, and
// needs to keep nothing: PostgreSQL is the truth, and the control plane publishes everything again.
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { attachSession, createRedisCommandExecutor, RedisServerState, SocketConnectionTransport } from 'js-redis-server/core';
import { LOOPBACK } from './ports.ts';

export interface RedisOptions {
  /** Default: a free one. */
  readonly port?: number;
  /** Asked of every connection. Absent: every local program may connect, as tests do. */
  readonly password?: string;
}

export interface RunningRedis {
  readonly port: number;
  readonly url: string;
  /** Closes every connection and forgets everything. */
  stop(): Promise<void>;
}

/** As many as a Redis server has when nobody configures it. */
const DATABASES = 16;

/** The library's own listener would bind to every interface and, when stopped, wait for clients to leave: hence this one. */
export async function startRedis(options: RedisOptions = {}): Promise<RunningRedis> {
  const state = new RedisServerState({ databaseCount: DATABASES, requirepass: options.password });
  const executor = createRedisCommandExecutor();
  const sockets = new Set<Socket>();
  const server = createServer({ keepAlive: true, noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    attachSession(new SocketConnectionTransport(socket), {
      state,
      executor,
      clientAddress: `${socket.remoteAddress}:${socket.remotePort}`,
    });
  });
  server.listen(options.port ?? 0, LOOPBACK);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const secret = options.password === undefined ? '' : `:${encodeURIComponent(options.password)}@`;
  const stop = async () => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
    state.close();
  };
  return { port, url: `redis://${secret}${LOOPBACK}:${port}`, stop };
}
