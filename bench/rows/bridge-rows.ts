import type { Row } from '../bench-context.ts';
import type { Hub } from '../hub/hub.ts';
import { toCallBody, toHttpRequest, toModernCall } from '../load/http-request.ts';
import { openSessions } from '../load/open-session.ts';
import { SMALL_BYTES } from '../upstream/messages.ts';
import { findOnlyKey, SERVER, startRawUpstream, toOnlyPath } from '../upstream/workload-upstreams.ts';
import { toThroughputRow, type Load, type Workload } from './throughput.ts';

/** Sessions and requests that take turns: a bridge tells the calls of a session apart by their ids. */
const SESSIONS = 64;
const REQUESTS = 1_024;

const COMPARED =
  'bare and direct carry the same requests to the same server without a bridge, on a path on which it speaks both eras: the ratio is what the translation costs, both HTTP hops included.';

const BRIDGE_UP: Workload = {
  name: 'bridge-up',
  title: 'tools/call of a legacy session, bridged to a stateless upstream, answered by 1 KB',
  isQuick: false,
  targets: ['bare', 'sluice'],
  minAnswerBytes: SMALL_BYTES * 0.9,
  notes: [COMPARED],
  startUpstream: (folder) => startRawUpstream(folder, { slug: 'modern-only' }),
  prepare: prepareSessions,
};

const BRIDGE_DOWN: Workload = {
  ...BRIDGE_UP,
  name: 'bridge-down',
  title: 'stateless tools/call, bridged to an upstream with sessions, answered by 1 KB',
  startUpstream: (folder) => startRawUpstream(folder, { slug: 'legacy-only' }),
  prepare: (_port, hub) => Promise.resolve(prepareStateless(hub)),
};

const BRIDGE_SSE: Workload = {
  ...BRIDGE_UP,
  name: 'bridge-sse',
  title: 'tools/call of a legacy session, bridged to an upstream with the HTTP+SSE transport, answered by 1 KB',
  startUpstream: (folder) => startRawUpstream(folder, { slug: 'legacy-sse', transport: 'SSE' }),
};

export const bridgeRows: readonly Row[] = [BRIDGE_UP, BRIDGE_DOWN, BRIDGE_SSE].map(toThroughputRow);

async function prepareSessions(port: number, hub: Hub): Promise<Load> {
  const [path, key] = [toOnlyPath(hub), findOnlyKey(hub)];
  const sessions = await openSessions(
    port,
    Array.from({ length: SESSIONS }, () => ({ path, key })),
  );
  const requests = Array.from({ length: REQUESTS }, (_, index) => {
    const session = sessions[index % SESSIONS];
    return toHttpRequest({ method: 'POST', path, key, session, body: toCallBody(SERVER, undefined, index + 1) });
  });
  return { kind: 'prepared', requests };
}

function prepareStateless(hub: Hub): Load {
  const [path, key] = [toOnlyPath(hub), findOnlyKey(hub)];
  const requests = Array.from({ length: REQUESTS }, (_, index) => {
    const { body, headers } = toModernCall(SERVER, index + 1);
    return toHttpRequest({ method: 'POST', path, key, headers, body });
  });
  return { kind: 'prepared', requests };
}
