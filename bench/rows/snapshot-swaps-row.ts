import type { BenchContext, Row } from '../bench-context.ts';
import { callUntil } from '../load/call-until.ts';
import { waitForRevision } from '../measure/readiness.ts';
import { atMost, type RowReport } from '../report/row-report.ts';
import type { HubSize } from '../upstream/many-upstreams.ts';
import { openSnapshotStage, toChangedWorkspace, type SnapshotStage } from './snapshot-load.ts';

const SWAPS = 100;
const QUICK_SWAPS = 20;

/** Calls a second meanwhile. */
const RATE = 1_000;

const SIZE: HubSize = { workspaces: 100, servers: 100, serversPerWorkspace: 100, keysPerWorkspace: 5, overridesOnEvery: 10 };

export const snapshotSwapsRow: Row = {
  name: 'snapshot-swaps',
  title: `revisions applied one after the other under ${RATE} calls/s, each changing the workspace that is called`,
  isQuick: true,
  run: runSwaps,
};

async function runSwaps(context: BenchContext): Promise<RowReport> {
  const swaps = context.arguments.quick ? QUICK_SWAPS : SWAPS;
  const stage = await openSnapshotStage(context, 'snapshot-swaps', SIZE);
  try {
    context.progress(`snapshot-swaps: ${swaps}`);
    const swapping = swapRepeatedly(stage, swaps);
    const meanwhile = await callUntil(swapping, stage.port, stage.requests[0]!, RATE);
    return {
      name: snapshotSwapsRow.name,
      title: snapshotSwapsRow.title,
      columns: [
        { key: 'swaps', title: 'swaps' },
        { key: 'swapMs', title: 'published → applied ms', digits: 1 },
        { key: 'calls', title: 'calls' },
        { key: 'failures', title: 'failures' },
        { key: 'longestMs', title: 'longest call ms', digits: 1 },
      ],
      lines: [{ swaps, swapMs: (await swapping) / swaps, ...meanwhile }],
      budgets: [atMost(`failed calls across ${swaps} snapshot swaps`, meanwhile.failures, 0, '', 0)],
      notes: ['10,000 routes are loaded. Each revision is published once the one before is applied.'],
    };
  } finally {
    await stage.close();
  }
}

/** How long it took, in milliseconds. */
async function swapRepeatedly({ stage, gateway, documents }: SnapshotStage, swaps: number): Promise<number> {
  const startedAt = performance.now();
  for (let swap = 0; swap < swaps; swap++) {
    const revision = await stage.publisher.publish([toChangedWorkspace(documents[0]!, swap)]);
    await waitForRevision(gateway.adminPort, gateway.child, revision);
  }
  return performance.now() - startedAt;
}
