import type { SnapshotDocument } from '../../contract/snapshot.ts';
import type { BenchContext, Row } from '../bench-context.ts';
import { runFixedRate } from '../load/fixed-rate.ts';
import { toLatencySummary } from '../load/latencies.ts';
import { sleep } from '../measure/child.ts';
import { waitForRevision } from '../measure/readiness.ts';
import { toSpread } from '../measure/statistics.ts';
import type { Cell, Column, RowReport } from '../report/row-report.ts';
import { HUNDRED_THOUSAND_ROUTES } from './mixed-rows.ts';
import { openSnapshotStage, toChangedWorkspace, type SnapshotStage } from './snapshot-load.ts';

/** Calls a second while revisions are applied. */
const RATE = 1_000;

/** How often each change is published. */
const REPEATS = 5;

/** From the publication of a revision, how long calls are looked at, in milliseconds, beyond the time until it was applied. */
const AFTERMATH_MS = 500;

/** How long the gateway is left alone before each change, in milliseconds: the calls of that time are what is compared with. */
const QUIET_MS = 1_500;

const COLUMNS: readonly Column[] = [
  { key: 'change', title: 'change' },
  { key: 'appliedMs', title: 'published → applied ms' },
  { key: 'p50Ms', title: 'p50 ms', digits: 2 },
  { key: 'p99Ms', title: 'p99 ms', digits: 2 },
  { key: 'maxMs', title: 'longest call ms', digits: 1 },
];

interface Window {
  readonly fromMs: number;
  readonly toMs: number;
  readonly appliedMs: number;
}

interface TimedCall {
  readonly dueAtMs: number;
  readonly latencyMs: number;
}

export const applyPauseRow: Row = {
  name: 'apply-pause',
  title: `how long calls wait while a revision is applied, with 100,000 routes loaded and ${RATE} calls/s`,
  isQuick: false,
  run: runApplyPause,
};

async function runApplyPause(context: BenchContext): Promise<RowReport> {
  const stage = await openSnapshotStage(context, 'apply-pause', HUNDRED_THOUSAND_ROUTES);
  const workspaces = stage.documents.filter((document) => document.kind === 'workspace');
  const changes: readonly (readonly [string, readonly SnapshotDocument[]])[] = [
    ['one workspace', workspaces.slice(0, 1)],
    ['one workspace in ten', workspaces.filter((_, index) => index % 10 === 0)],
    ['every workspace', workspaces],
  ];
  try {
    const lines: Record<string, Cell>[] = [];
    for (const [change, documents] of changes) {
      context.progress(`apply-pause: ${change}`);
      const { calls, windows } = await applyUnderLoad(stage, documents);
      if (lines.length === 0) lines.push(toLine('none', calls, windows.map(toQuietWindow)));
      lines.push(toLine(`${change} (${documents.length} documents)`, calls, windows));
    }
    const notes = [
      `Each change is published ${REPEATS} times. Looked at are the calls that were due from its publication until ${AFTERMATH_MS} ms after it was applied; none: those of the ${QUIET_MS} ms before.`,
      'A latency counts from the time the call was due. The time until it was applied includes the work of the benchmark’s own publisher.',
    ];
    return { name: applyPauseRow.name, title: applyPauseRow.title, columns: COLUMNS, lines, budgets: [], notes };
  } finally {
    await stage.close();
  }
}

async function applyUnderLoad(stage: SnapshotStage, documents: readonly SnapshotDocument[]) {
  const calls: TimedCall[] = [];
  const windows: Window[] = [];
  const state = { isOver: false };
  const load = keepCalling(stage, calls, () => state.isOver);
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    await sleep(QUIET_MS);
    const fromMs = performance.now();
    const revision = await stage.stage.publisher.publish(documents.map((document) => toChangedWorkspace(document, Math.random())));
    await waitForRevision(stage.gateway.adminPort, stage.gateway.child, revision);
    const appliedMs = performance.now() - fromMs;
    await sleep(AFTERMATH_MS);
    windows.push({ fromMs, toMs: performance.now(), appliedMs });
  }
  state.isOver = true;
  await load;
  return { calls, windows };
}

/** A second at a time, until it is over. */
async function keepCalling({ port, requests }: SnapshotStage, calls: TimedCall[], isOver: () => boolean): Promise<void> {
  const onAnswer = (dueAtMs: number, latencyMs: number) => void calls.push({ dueAtMs, latencyMs });
  while (!isOver()) {
    const result = await runFixedRate({ port, requests, perSecond: RATE, seconds: 1, connections: 32, onAnswer });
    if (result.failures > 0) throw new Error(`${result.failures} calls failed while a revision was applied.`);
  }
}

function toQuietWindow({ fromMs }: Window): Window {
  return { fromMs: fromMs - QUIET_MS, toMs: fromMs, appliedMs: NaN };
}

function toLine(change: string, calls: readonly TimedCall[], windows: readonly Window[]): Record<string, Cell> {
  const summaries = windows.map(({ fromMs, toMs }) =>
    toLatencySummary(calls.filter(({ dueAtMs }) => dueAtMs >= fromMs && dueAtMs < toMs).map(({ latencyMs }) => latencyMs)),
  );
  return {
    change,
    appliedMs: toSpread(windows.map(({ appliedMs }) => appliedMs)),
    p50Ms: toSpread(summaries.map(({ p50Ms }) => p50Ms)),
    p99Ms: toSpread(summaries.map(({ p99Ms }) => p99Ms)),
    maxMs: toSpread(summaries.map(({ maxMs }) => maxMs)),
  };
}
