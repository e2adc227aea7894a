import path from 'node:path';
import { buildSmallHub, toPath, type Hub, type HubServer } from '../hub/hub.ts';
import { startChild, waitForOutput } from '../measure/child.ts';
import type { WorkloadUpstream } from '../rows/throughput.ts';
import { startStaticUpstream } from './static-upstream.ts';

/** The one server of the workloads that need one. */
export const SERVER = 'records';

/** How the hub knows it, where that is more than its address. */
export type ServerSettings = Partial<Omit<HubServer, 'upstreamUrl'>>;

/** nginx with one prepared answer: the cheapest upstream there is. */
export async function startPreparedAnswer(folder: string, body: string, settings: ServerSettings = {}): Promise<WorkloadUpstream> {
  const { port, child } = await startStaticUpstream(folder, { [SERVER]: body });
  return toOneServer(port, async () => void (await child.stop()), settings);
}

/** Our own MCP server on bare sockets, where an answer depends on its request. What it speaks depends on the slug it is known by. */
export async function startRawUpstream(folder: string, settings: ServerSettings = {}): Promise<WorkloadUpstream> {
  const child = startChild([process.execPath, path.join(import.meta.dirname, 'run-raw-server.ts')], `${folder}.log`);
  const [, port] = await waitForOutput(child, /listening (\d+)/);
  return toOneServer(Number(port), async () => void (await child.stop()), settings);
}

function toOneServer(port: number, stop: () => Promise<void>, settings: ServerSettings): WorkloadUpstream {
  const origin = `http://127.0.0.1:${port}`;
  const { slug = SERVER } = settings;
  const hub = buildSmallHub([{ ...settings, slug, upstreamUrl: `${origin}/upstream/${slug}/mcp` }]);
  return { port, hub, routes: [{ path: toOnlyPath(hub), origin }], stop };
}

/** The path of the only server in the only workspace. */
export function toOnlyPath(hub: Hub): string {
  const workspace = hub.workspaces[0]!;
  return toPath(workspace, workspace.servers[0]!);
}

/** The key of the only caller. */
export function findOnlyKey(hub: Hub): string {
  return hub.workspaces[0]!.keys[0]!;
}
