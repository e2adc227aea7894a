import { createWorld } from './shared-gateway.ts';
import { stubMcpServer, type StubMcpServer } from './upstreams/stub-mcp-server.ts';
import type { Key, Server, ServerOptions, World } from './world.ts';

/** The smallest world that can call something: a stub, a server in front of it, and a service key. */
export interface StubbedServer {
  readonly stub: StubMcpServer;
  readonly world: World;
  readonly server: Server;
  readonly key: Key;
}

/** On the shared gateway unless a world is given. The stub is the test's to close. */
export async function startStubbedServer(options: Partial<ServerOptions> = {}, given?: World): Promise<StubbedServer> {
  const [stub, world] = await Promise.all([stubMcpServer(), given ?? createWorld()]);
  const [key, server] = await Promise.all([world.addKey(), world.addServer({ upstreamUrl: stub.url, ...options })]);
  await world.enforced();
  return { stub, world, server, key };
}
