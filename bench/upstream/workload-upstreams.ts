import path from 'node:path';
import type { Transport } from '../../contract/snapshot.ts';
import { buildSmallHub, toPath, type Hub } from '../hub/hub.ts';
import { startChild, waitForOutput } from '../measure/child.ts';
import type { WorkloadUpstream } from '../rows/throughput.ts';
import { startStaticUpstream } from './static-upstream.ts';

/** The one server of the workloads that need one. */
export const SERVER = 'records';

/** nginx with one prepared answer: the cheapest upstream there is. */
export async function startPreparedAnswer(folder: string, body: string): Promise<WorkloadUpstream> {
  const { port, child } = await startStaticUpstream(folder, { [SERVER]: body });
  return toOneServer(port, async () => void (await child.stop()));
}

/** Our own MCP server on bare sockets, where an answer depends on its request. What it speaks depends on the slug it is known by. */
export async function startRawUpstream(folder: string, slug: string = SERVER, transport?: Transport): Promise<WorkloadUpstream> {
  const child = startChild([process.execPath, path.join(import.meta.dirname, 'run-raw-server.ts')], `${folder}.log`);
  const [, port] = await waitForOutput(child, /listening (\d+)/);
  return toOneServer(Number(port), async () => void (await child.stop()), slug, transport);
}

function toOneServer(port: number, stop: () => Promise<void>, slug: string = SERVER, transport?: Transport): WorkloadUpstream {
  const origin = `http://127.0.0.1:${port}`;
  const hub = buildSmallHub([{ slug, upstreamUrl: `${origin}/upstream/${slug}/mcp`, transport }]);
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
