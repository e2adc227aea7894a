import { buildHub, toPath, type Hub, type HubShape } from '../hub/hub.ts';
import type { WorkloadUpstream } from '../rows/throughput.ts';
import { REQUEST_ID, SMALL_BYTES, toCallAnswer } from './messages.ts';
import { ANY_SERVER, startStaticUpstream } from './static-upstream.ts';

/** How large a hub is, and how its servers are spread. */
export type HubSize = Omit<HubShape, 'servers'> & { readonly servers: number };

/** Many servers, each at an address of its own, all of them one nginx with the small answer. */
export async function startManyUpstreams(folder: string, size: HubSize): Promise<WorkloadUpstream> {
  const addresses = Array.from({ length: size.servers }, (_, index) => toAddress(index));
  const { port, child } = await startStaticUpstream(folder, { [ANY_SERVER]: toCallAnswer(REQUEST_ID, SMALL_BYTES) }, [
    '127.0.0.1',
    ...addresses,
  ]);
  const hub = buildLargeHub(size, port);
  return { port, hub, routes: toRoutes(hub, port), stop: async () => void (await child.stop()) };
}

/** A hub whose servers listen on one port of many addresses. */
export function buildLargeHub(size: HubSize, port: number): Hub {
  const servers = Array.from({ length: size.servers }, (_, index) => {
    const slug = `server-${index}`;
    return { slug, upstreamUrl: `http://${toAddress(index)}:${port}/upstream/${slug}/mcp` };
  });
  return buildHub({ ...size, servers });
}

function toRoutes(hub: Hub, port: number) {
  return hub.workspaces.flatMap((workspace) =>
    workspace.servers.map((slug) => {
      const index = Number(slug.slice('server-'.length));
      return { path: toPath(workspace, slug), origin: `http://${toAddress(index)}:${port}` };
    }),
  );
}

/** All of 127.0.0.0/8 is this machine. */
function toAddress(index: number): string {
  return `127.1.${index >> 8}.${index & 255}`;
}
