import type { Row } from '../bench-context.ts';
import type { Hub } from '../hub/hub.ts';
import { LIST_BODY, INITIALIZE_BODY, INITIALIZED_BODY, toCallBody, toHttpRequest, toModernCall } from '../load/http-request.ts';
import { openSession } from '../load/open-session.ts';
import { fill, LARGE_BYTES, REQUEST_ID, SMALL_BYTES, toCallAnswer, toToolList } from '../upstream/messages.ts';
import { PROGRESS_EVENTS } from '../upstream/raw-server.ts';
import { findOnlyKey, SERVER, startPreparedAnswer, startRawUpstream, toOnlyPath } from '../upstream/workload-upstreams.ts';
import { RULED, toFilteredServer } from './rules.ts';
import { toThroughputRow, type Load, type Workload } from './throughput.ts';

/** The promise for calls whose body passes unchanged (architecture.md section 10). */
const MAX_RATIO = 1.15;

/** The promise for what reporting events adds. */
const MAX_EVENTS_RATIO = 1.05;

/** What "everything on" means, in the words of the report. */
const EVERYTHING_ON =
  'sluice with everything on: key, grant with an override, three rules (one reads the arguments), sealed session id, sealed header credential, access log to a file, metrics, every interaction reported through Redis.';

const smallAnswer = toCallAnswer(REQUEST_ID, SMALL_BYTES);

/** The small call through the gateway, as other rows use it too. */
export const SMALL_CALL: Workload = {
  name: 'tools-call-small',
  title: 'tools/call answered by 1 KB of JSON, in a session',
  isQuick: true,
  targets: ['nginx', 'bare', 'sluice'],
  minAnswerBytes: SMALL_BYTES * 0.9,
  maxRatio: MAX_RATIO,
  notes: [EVERYTHING_ON],
  startUpstream: (folder) => startPreparedAnswer(folder, smallAnswer, RULED),
  prepare: (port, hub) => prepareInSession(port, hub, toCallBody(SERVER)),
};

/** A closed loop of one request in one session. */
async function prepareInSession(port: number, hub: Hub, body: string): Promise<Load> {
  const [path, key] = [toOnlyPath(hub), findOnlyKey(hub)];
  const session = await openSession(port, path, key);
  return { kind: 'prepared', requests: [toHttpRequest({ method: 'POST', path, key, session, body })] };
}

const UNRULED_CALL: Workload = {
  ...SMALL_CALL,
  name: 'tools-call-unruled',
  title: 'the same call to a server without rules',
  isQuick: false,
  targets: ['bare', 'sluice'],
  notes: ['The difference to the row above is what rules cost.'],
  startUpstream: (folder) => startPreparedAnswer(folder, smallAnswer),
};

const SDK_CALL: Workload = {
  ...SMALL_CALL,
  name: 'tools-call-sdk',
  title: 'the same call beside a pass-through made of the SDK',
  isQuick: false,
  targets: ['bare', 'sdk', 'sluice'],
  notes: ['The upstream is our own MCP server on bare sockets: the SDK gives its requests ids of its own, so answers cannot be prepared.'],
  startUpstream: (folder) => startRawUpstream(folder, RULED),
};

const LARGE_ANSWER: Workload = {
  ...SMALL_CALL,
  name: 'tools-call-large',
  title: 'tools/call answered by 256 KB of JSON',
  minAnswerBytes: LARGE_BYTES,
  isQuick: false,
  notes: [],
  startUpstream: (folder) => startPreparedAnswer(folder, toCallAnswer(REQUEST_ID, LARGE_BYTES), RULED),
};

const LARGE_ARGUMENTS: Workload = {
  ...SMALL_CALL,
  name: 'tools-call-large-arguments',
  title: 'tools/call with 256 KB of arguments, answered by 1 KB',
  isQuick: false,
  maxRatio: undefined,
  notes: ['The gateway reads the whole body as JSON before it forwards it; the pass-throughs do not look at it.'],
  prepare: (port, hub) => prepareInSession(port, hub, toCallBody(SERVER, fill(LARGE_BYTES))),
};

const STREAMED_ANSWER: Workload = {
  ...SMALL_CALL,
  name: 'tools-call-sse',
  title: `tools/call answered by SSE: ${PROGRESS_EVENTS} progress events, then the result`,
  isQuick: false,
  notes: [
    'The upstream sends one event a turn of its loop. Every event is passed on at once.',
    'The server has no rules: where it has, every event is read.',
  ],
  startUpstream: (folder) => startRawUpstream(folder),
  prepare: (port, hub) => prepareInSession(port, hub, toCallBody('progress')),
};

const STREAMED_RULED: Workload = {
  ...STREAMED_ANSWER,
  name: 'tools-call-sse-ruled',
  title: 'the same from a server with rules, by which every event is read',
  targets: ['bare', 'sluice'],
  maxRatio: undefined,
  notes: [],
  startUpstream: (folder) => startRawUpstream(folder, { ...RULED, capabilities: [] }),
};

/** A list of tools of some length. */
function toListWorkload(count: number, isQuick: boolean): Workload {
  return {
    ...SMALL_CALL,
    name: `tools-list-${count}`,
    title: `tools/list of ${count} tools, unfiltered`,
    minAnswerBytes: 300 * count,
    isQuick,
    notes: [],
    startUpstream: (folder) => startPreparedAnswer(folder, toToolList(REQUEST_ID, count)),
    prepare: (port, hub) => prepareInSession(port, hub, LIST_BODY),
  };
}

const FILTERED_LIST: Workload = {
  ...toListWorkload(200, true),
  name: 'tools-list-200-filtered',
  title: 'tools/list of 200 tools, of which a rule leaves 89',
  targets: ['bare', 'sluice'],
  minAnswerBytes: 300 * 89,
  maxRatio: undefined,
  notes: [
    'Every tool is judged by the rule that decides calls. The upstream’s list stays the same, as most do, so it is judged once. Bare passes all 200.',
  ],
  startUpstream: (folder) => startPreparedAnswer(folder, toToolList(REQUEST_ID, 200), toFilteredServer(200)),
};

const SESSION_CYCLE: Workload = {
  ...SMALL_CALL,
  name: 'session',
  title: 'a session from initialize to DELETE: four requests, one of them a call',
  maxRatio: undefined,
  targets: ['bare', 'sluice'],
  notes: [
    'One request in the table is a whole cycle: initialize, notifications/initialized, tools/call, DELETE. Sent by the harness’s own generator.',
    'Sealing a new id and opening it once is part of each cycle.',
  ],
  startUpstream: (folder) => startRawUpstream(folder, RULED),
  prepare: (_port, hub) => Promise.resolve({ kind: 'cycles', steps: toSessionSteps(hub) }),
};

function toSessionSteps(hub: Hub) {
  const [path, key] = [toOnlyPath(hub), findOnlyKey(hub)];
  const initialize = toHttpRequest({ method: 'POST', path, key, body: INITIALIZE_BODY });
  const callBody = toCallBody(SERVER);
  return [
    () => initialize,
    (session: string | undefined) => toHttpRequest({ method: 'POST', path, key, session, body: INITIALIZED_BODY }),
    (session: string | undefined) => toHttpRequest({ method: 'POST', path, key, session, body: callBody }),
    (session: string | undefined) => toHttpRequest({ method: 'DELETE', path, key, session }),
  ];
}

const MODERN_CALL: Workload = {
  ...SMALL_CALL,
  name: 'modern-call',
  title: 'tools/call of the stateless revision, answered by 1 KB of JSON',
  isQuick: false,
  notes: ['No session; the envelope and the three headers that repeat the body are checked instead.'],
  startUpstream: (folder) => startRawUpstream(folder, RULED),
  prepare: (_port, hub) => {
    const { body, headers } = toModernCall(SERVER);
    const request = toHttpRequest({ method: 'POST', path: toOnlyPath(hub), key: findOnlyKey(hub), headers, body });
    return Promise.resolve({ kind: 'prepared', requests: [request] });
  },
};

const EVENTS: Workload = {
  ...SMALL_CALL,
  name: 'events',
  title: 'the small call with the events that are reported of each, and without',
  isQuick: false,
  targets: ['bare', 'sluice-silent', 'sluice'],
  baseline: 'sluice-silent',
  maxRatio: MAX_EVENTS_RATIO,
  notes: ['Events go to Redis in batches, from where they are taken every 250 ms; what writing them costs is the control plane’s.'],
};

const TWO_WORKERS: Workload = {
  ...SMALL_CALL,
  name: 'workers-2',
  title: 'the small call with SLUICE_WORKERS=2',
  isQuick: false,
  targets: ['bare', 'sluice'],
  workers: 2,
  maxRatio: undefined,
  notes: [
    'Two workers may use two cores, and on a machine with two the load generator and the upstream take what they need of the second: read the CPU time and not the rate.',
  ],
};

export const callRows: readonly Row[] = [
  SMALL_CALL,
  UNRULED_CALL,
  SDK_CALL,
  LARGE_ANSWER,
  LARGE_ARGUMENTS,
  STREAMED_ANSWER,
  STREAMED_RULED,
  toListWorkload(1, false),
  toListWorkload(200, true),
  FILTERED_LIST,
  toListWorkload(1_000, false),
  SESSION_CYCLE,
  MODERN_CALL,
  EVENTS,
  TWO_WORKERS,
].map(toThroughputRow);
