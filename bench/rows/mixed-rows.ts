import type { Row } from '../bench-context.ts';
import { toPath, type Hub } from '../hub/hub.ts';
import { toCallBody, toHttpRequest } from '../load/http-request.ts';
import { openSessions } from '../load/open-session.ts';
import { toRandom } from '../load/random.ts';
import { SMALL_BYTES } from '../upstream/messages.ts';
import { startManyUpstreams, type HubSize } from '../upstream/many-upstreams.ts';
import { toThroughputRow, type Load, type Workload } from './throughput.ts';

/** How many different callers at different servers take turns. */
const PLACES = 10_000;

const THOUSAND_BY_THOUSAND: HubSize = {
  workspaces: 10,
  servers: 1_000,
  serversPerWorkspace: 100,
  keysPerWorkspace: 100,
  overridesOnEvery: 1,
};

/** The hub of the rows about size: 1,000 workspaces, each with 100 of 1,000 servers. */
export const HUNDRED_THOUSAND_ROUTES: HubSize = {
  workspaces: 1_000,
  servers: 1_000,
  serversPerWorkspace: 100,
  keysPerWorkspace: 5,
  overridesOnEvery: 10,
};

const MIXED: Workload = {
  name: 'mixed-1000x1000',
  title: 'tools/call answered by 1 KB, 1,000 routes × 1,000 keys, 1,000 upstreams',
  isQuick: true,
  targets: ['bare', 'sluice'],
  minAnswerBytes: SMALL_BYTES * 0.9,
  maxRatio: 1.15,
  notes: [
    `${PLACES} sessions of random callers at random servers take turns, in 10 workspaces of 100 routes and 100 keys. Every server is an origin of its own.`,
  ],
  startUpstream: (folder) => startManyUpstreams(folder, THOUSAND_BY_THOUSAND),
  prepare: prepareMixed,
};

const MIXED_LARGE: Workload = {
  ...MIXED,
  name: 'mixed-100000',
  title: 'the same with 100,000 routes loaded',
  isQuick: false,
  notes: [`${PLACES} sessions take turns, in 1,000 workspaces that each have 100 of 1,000 servers and 5 keys.`],
  startUpstream: (folder) => startManyUpstreams(folder, HUNDRED_THOUSAND_ROUTES),
};

export const mixedRows: readonly Row[] = [MIXED, MIXED_LARGE].map(toThroughputRow);

/** The same places for every target, in the same order. */
async function prepareMixed(port: number, hub: Hub): Promise<Load> {
  const random = toRandom(7);
  const choose = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;
  const places = Array.from({ length: PLACES }, () => {
    const workspace = choose(hub.workspaces);
    return { path: toPath(workspace, choose(workspace.servers)), key: choose(workspace.keys) };
  });
  const sessions = await openSessions(port, places);
  const body = toCallBody('records');
  return {
    kind: 'prepared',
    requests: places.map((place, index) => toHttpRequest({ method: 'POST', ...place, session: sessions[index], body })),
  };
}
