// What other scripts of the repository measure, each with its own planes: they run as they do by hand, and their numbers are read off.
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { makeFolder, type BenchContext, type Row } from '../bench-context.ts';
import { startChild } from '../measure/child.ts';
import { onMeasuredCores } from '../measure/cpu-placement.ts';
import { atMost, type Cell, type RowReport } from '../report/row-report.ts';

/** architecture.md section 3: from a commit until every data plane enforces it, in milliseconds, for the 99th percentile. */
const MAX_ENFORCED_P99_MS = 100;

const STORM_CALLS = 1_000;
const CHANGES = 1_000;

/** How long a script may take, in milliseconds. */
const DEADLINE_MS = 600_000;

const STORM_LINE = /^([✓✗]) (.+): (\d+) calls, (\d+) without a result, (\d+) refreshes at the upstream$/gm;
const PROPAGATION_LINE = /^ +all +(\d+) +([\d.]+) +([\d.]+) +([\d.]+) +([\d.]+)/gm;
const HUB_LINE = /^A hub of (\d+) grants/gm;

export const refreshStormRow: Row = {
  name: 'refresh-storm',
  title: `${STORM_CALLS} calls at once over two data planes when a rotating token ends, also with the control plane killed meanwhile`,
  isQuick: false,
  run: runRefreshStorm,
};

export const propagationRow: Row = {
  name: 'propagation',
  title: 'from the commit of a change until two data planes answer accordingly',
  isQuick: false,
  run: runPropagation,
};

async function runRefreshStorm(context: BenchContext): Promise<RowReport> {
  const output = await runScript(context, 'refresh-storm', STORM_CALLS);
  const storms = [...output.matchAll(STORM_LINE)].map(([, verdict, what, calls, missing, refreshes]) => {
    return { what: what!, calls: Number(calls), missing: Number(missing), refreshes: Number(refreshes), isKept: verdict === '✓' };
  });
  if (storms.length === 0) throw new Error(`refresh-storm printed something else:\n${output.slice(-2_000)}`);
  const broken = storms.filter(({ isKept }) => !isKept).length;
  return {
    name: refreshStormRow.name,
    title: refreshStormRow.title,
    columns: [
      { key: 'what', title: 'when' },
      { key: 'calls', title: 'calls' },
      { key: 'missing', title: 'without a result' },
      { key: 'refreshes', title: 'refreshes at the upstream' },
      { key: 'verdict', title: 'as promised' },
    ],
    lines: storms.map(({ isKept, ...storm }): Record<string, Cell> => ({ ...storm, verdict: isKept ? 'yes' : '**no**' })),
    budgets: [atMost('storms with an outcome that was not promised', broken, 0, '', 0)],
    notes: [
      `By hand: \`npm run refresh-storm -- ${STORM_CALLS}\`, whose source says what each storm promises. The sender of the calls shares the machine with everything else.`,
    ],
  };
}

async function runPropagation(context: BenchContext): Promise<RowReport> {
  const output = await runScript(context, 'propagation', CHANGES);
  const hubs = [...output.matchAll(HUB_LINE)].map(([, grants]) => Number(grants));
  const lines = [...output.matchAll(PROPAGATION_LINE)].map(([, changes, p50, p90, p99, max], hub) => {
    return { grants: hubs[hub]!, changes: Number(changes), p50Ms: Number(p50), p90Ms: Number(p90), p99Ms: Number(p99), maxMs: Number(max) };
  });
  if (lines.length !== hubs.length || lines.length === 0) throw new Error(`propagation printed something else:\n${output.slice(-2_000)}`);
  return {
    name: propagationRow.name,
    title: propagationRow.title,
    columns: [
      { key: 'grants', title: 'grants in the hub' },
      { key: 'changes', title: 'changes' },
      { key: 'p50Ms', title: 'p50 ms', digits: 1 },
      { key: 'p90Ms', title: 'p90 ms', digits: 1 },
      { key: 'p99Ms', title: 'p99 ms', digits: 1 },
      { key: 'maxMs', title: 'longest ms', digits: 1 },
    ],
    lines,
    budgets: lines.map(({ grants, p99Ms }) => atMost(`enforced everywhere, ${grants} grants, p99`, p99Ms, MAX_ENFORCED_P99_MS, ' ms', 1)),
    notes: [
      `By hand: \`npm run propagation -- ${CHANGES}\`, which also prints what a change ships and what a snapshot weighs.`,
      'Both planes, PostgreSQL, Redis, the upstream and the callers share the machine.',
    ],
  };
}

async function runScript(context: BenchContext, name: string, count: number): Promise<string> {
  context.progress(`${name}: ${count}`);
  const entry = path.join(import.meta.dirname, `../../test/${name}/run.ts`);
  const folder = await makeFolder(context, name);
  const home = { HOME: process.env['HOME'] ?? folder, REDIS_URL: context.redisUrl };
  const command = onMeasuredCores([process.execPath, entry, String(count)], availableParallelism());
  const child = startChild(command, path.join(folder, 'output.log'), home);
  const deadline = setTimeout(() => child.kill('SIGKILL'), DEADLINE_MS);
  const status = await child.exited;
  clearTimeout(deadline);
  // A storm that misses its promise ends with 1 and has printed its numbers all the same.
  if (status !== 0 && status !== 1) throw new Error(`${name} ended with ${status}:\n${child.output().slice(-2_000)}`);
  return child.output();
}
