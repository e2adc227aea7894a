import { readFileSync } from 'node:fs';
import { makeFolder, type BenchContext, type Row } from '../bench-context.ts';
import { toHttpRequest } from '../load/http-request.ts';
import { IdleStreams } from '../load/idle-streams.ts';
import { openSessions } from '../load/open-session.ts';
import { sendOnce } from '../load/raw-connection.ts';
import { sleep } from '../measure/child.ts';
import { readUsage } from '../measure/process-usage.ts';
import { atMost, type Cell, type Column, type RowReport } from '../report/row-report.ts';
import { findTarget, openStage } from '../stage.ts';
import type { TargetName } from '../targets/target.ts';
import { findOnlyKey, startRawUpstream, toOnlyPath } from '../upstream/workload-upstreams.ts';

/** architecture.md section 10, per idle stream. */
const MAX_STREAM_BYTES = 30_000;

/** The number of streams that is promised. */
const STREAMS = 10_000;

/** Descriptors that a process needs besides two for each stream. */
const SPARE_DESCRIPTORS = 400;

/** How long a process may settle before its memory is read, in milliseconds. */
const SETTLE_MS = 3_000;
const QUICK_SETTLE_MS = 1_000;

/** How long rest is watched, in milliseconds: more than one keep-alive of every stream. */
const REST_MS = 32_000;
const QUICK_REST_MS = 4_000;

const TARGETS: readonly TargetName[] = ['direct', 'bare', 'sluice'];
const QUICK_TARGETS: readonly TargetName[] = ['bare', 'sluice'];

/** How often an event is sent to all. */
const DELIVERIES = 3;

const COLUMNS: readonly Column[] = [
  { key: 'target', title: 'way' },
  { key: 'streams', title: 'streams' },
  { key: 'rssPerStream', title: 'RSS KB/stream', digits: 1 },
  { key: 'restCpu', title: 'CPU at rest, % of a core', digits: 2 },
  { key: 'deliverMs', title: 'event to all, ms' },
  { key: 'deliverCpu', title: 'CPU µs/event', digits: 1 },
];

export const idleStreamsRow: Row = {
  name: 'idle-streams',
  title: 'SSE streams opened by GET that carry nothing',
  isQuick: true,
  run: runIdleStreams,
};

async function runIdleStreams(context: BenchContext): Promise<RowReport> {
  const most = Math.min(STREAMS, Math.floor((readDescriptorLimit() - SPARE_DESCRIPTORS) / 2));
  const counts = context.arguments.quick ? [1_000] : [100, 1_000, most];
  const lines: Record<string, Cell>[] = [];
  for (const streams of counts) {
    for (const target of context.arguments.quick ? QUICK_TARGETS : TARGETS) {
      context.progress(`idle-streams: ${streams} through ${target}`);
      lines.push(await measureStreams(context, target, streams));
    }
  }
  const perStream = Number(lines.at(-1)!['rssPerStream']);
  return {
    name: idleStreamsRow.name,
    title: idleStreamsRow.title,
    columns: COLUMNS,
    lines,
    budgets: [atMost(`memory per idle stream at ${counts.at(-1)}`, perStream, MAX_STREAM_BYTES / 1_000, ' KB', 1)],
    notes: [
      'Every stream belongs to a session of its own. Memory is the growth of the process from before the first stream was opened.',
      `Rest lasts ${(context.arguments.quick ? QUICK_REST_MS : REST_MS) / 1_000} s and includes the keep-alive comments that the gateway sends after 15 s of silence. bare and direct send none.`,
      'An event to all: from the upstream’s first write until the last client has it; client and upstream share a core and need the time of direct themselves.',
      ...(most < STREAMS ? [`The limit of open files allows ${most} streams through one process here; each needs two descriptors.`] : []),
    ],
  };
}

async function measureStreams(context: BenchContext, name: TargetName, count: number): Promise<Record<string, Cell>> {
  const stageName = `idle-streams-${name}-${count}`;
  const upstream = await startRawUpstream(`${await makeFolder(context, stageName)}/upstream`);
  const { hub, port, routes } = upstream;
  const stage = await openStage(context, { name: stageName, hub, upstreamPort: port, routes, targets: [name] });
  const target = findTarget(stage, name);
  const streams = new IdleStreams(target.port);
  try {
    const [path, key] = [toOnlyPath(hub), findOnlyKey(hub)];
    const sessions = await openSessions(
      target.port,
      Array.from({ length: count }, () => ({ path, key })),
    );
    const settleMs = context.arguments.quick ? QUICK_SETTLE_MS : SETTLE_MS;
    await sleep(settleMs);
    const before = readUsage(target.pids);
    await streams.open(sessions.map((session) => toHttpRequest({ method: 'GET', path, key, session })));
    await sleep(settleMs);
    const opened = readUsage(target.pids);
    const restMs = context.arguments.quick ? QUICK_REST_MS : REST_MS;
    await sleep(restMs);
    const rested = readUsage(target.pids);
    const deliverMs = await deliver(streams, port);
    const delivered = readUsage(target.pids);
    const line: Record<string, Cell> = { target: name, streams: count, deliverMs };
    if (target.pids.length === 0) return line;
    return {
      ...line,
      rssPerStream: (opened.rssBytes - before.rssBytes) / count / 1_000,
      restCpu: ((rested.cpuMicros - opened.cpuMicros) / (restMs * 1_000)) * 100,
      deliverCpu: (delivered.cpuMicros - rested.cpuMicros) / (count * DELIVERIES),
    };
  } finally {
    streams.close();
    await stage.close();
    await upstream.stop();
  }
}

/** The median of some deliveries, in milliseconds. */
async function deliver(streams: IdleStreams, upstreamPort: number): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < DELIVERIES; i++) {
    const received = streams.receiveOnAll();
    const startedAt = performance.now();
    await sendOnce(upstreamPort, Buffer.from('POST /emit HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 0\r\n\r\n'));
    await received;
    times.push(performance.now() - startedAt);
  }
  return times.sort((a, b) => a - b)[times.length >> 1]!;
}

/** Node raises its own soft limit to the hard one when it starts. */
function readDescriptorLimit(): number {
  return Number(/^Max open files\s+\d+\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? 1_024);
}
