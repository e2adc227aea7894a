import { randomUUID } from 'node:crypto';
import { makeFolder, type BenchContext, type Row } from '../bench-context.ts';
import type { Hub } from '../hub/hub.ts';
import { runCycles, type CycleStep } from '../load/cycles.ts';
import { sendOnce, type RawAnswer } from '../load/raw-connection.ts';
import { runWrk, writeRequests, type LoopResult } from '../load/wrk.ts';
import { readUsage } from '../measure/process-usage.ts';
import { toSpread } from '../measure/statistics.ts';
import { atMost, type Budget, type Cell, type Column, type RowReport } from '../report/row-report.ts';
import { openStage } from '../stage.ts';
import type { Target, TargetName, UpstreamRoute } from '../targets/target.ts';

/** What the load generator sends to one target. */
export type Load =
  /** Prepared requests, sent by wrk in turn. */
  | { readonly kind: 'prepared'; readonly requests: readonly Buffer[] }
  /** Cycles of requests that depend on one another, sent by the harness's own generator. */
  | { readonly kind: 'cycles'; readonly steps: readonly CycleStep[] };

/** The upstream of a workload, running. */
export interface WorkloadUpstream {
  readonly port: number;
  readonly hub: Hub;
  readonly routes: readonly UpstreamRoute[];
  stop(): Promise<void>;
}

/** A closed loop at saturation, through every target in turn. */
export interface Workload {
  readonly name: string;
  readonly title: string;
  readonly isQuick: boolean;
  /** Besides `direct`, which shows that the load generator and the upstream are not what is measured. */
  readonly targets: readonly TargetName[];
  readonly workers?: number;
  /** Less than the answer of every target has. */
  readonly minAnswerBytes: number;
  /** What the CPU time is compared with. Absent: the bare pass-through. */
  readonly baseline?: TargetName;
  /** The largest ratio of CPU time to that of the baseline. Absent where none is promised. */
  readonly maxRatio?: number;
  readonly notes: readonly string[];
  startUpstream(folder: string): Promise<WorkloadUpstream>;
  /** Prepares the load for one target: sessions are opened through it. */
  prepare(port: number, hub: Hub): Promise<Load>;
}

interface Sample extends LoopResult {
  readonly perSecond: number;
  /** CPU time of the target per request, in microseconds; NaN where nothing is measured. */
  readonly cpuMicros: number;
}

interface Contender {
  readonly target: Target;
  readonly run: (seconds: number) => Promise<LoopResult>;
  readonly samples: Sample[];
}

function toColumns(baseline: TargetName): readonly Column[] {
  return [
    { key: 'target', title: 'way' },
    { key: 'perSecond', title: 'requests/s' },
    { key: 'cpuMicros', title: 'CPU µs/request', digits: 1 },
    { key: 'ratio', title: `CPU ÷ ${baseline}`, digits: 2 },
    { key: 'p50Ms', title: 'p50 ms', digits: 2 },
    { key: 'p99Ms', title: 'p99 ms', digits: 2 },
    { key: 'rssMb', title: 'RSS MB' },
    { key: 'failures', title: 'failures' },
  ];
}

/** How often each target is used before it is measured, until the compiler has settled; and for how many seconds at most. */
const WARM_UP = { requests: 80_000, seconds: 20 };
const QUICK_WARM_UP = { requests: 10_000, seconds: 2 };

/** The row that a workload makes. */
export function toThroughputRow(workload: Workload): Row {
  const { name, title, isQuick } = workload;
  return { name, title, isQuick, run: (context) => runThroughput(context, workload) };
}

/** Measures a workload through all its targets, in interleaved rounds. */
export async function runThroughput(context: BenchContext, workload: Workload): Promise<RowReport> {
  const stageName = `${workload.name}-${randomUUID().slice(0, 8)}`;
  const folder = await makeFolder(context, stageName);
  const upstream = await workload.startUpstream(`${folder}/upstream`);
  const targetNames: TargetName[] = ['direct', ...workload.targets];
  const { port: upstreamPort, hub, routes } = upstream;
  const stage = await openStage(context, { name: stageName, hub, upstreamPort, routes, targets: targetNames, workers: workload.workers });
  try {
    const contenders: Contender[] = [];
    for (const target of stage.targets) contenders.push(await prepareContender(context, workload, hub, target, folder));
    for (const contender of contenders) await warmUp(contender, context.arguments.quick ? QUICK_WARM_UP : WARM_UP);
    for (let round = 0; round < context.arguments.rounds; round++) {
      context.progress(`${workload.name}: round ${round + 1} of ${context.arguments.rounds}`);
      for (const index of contenders.keys()) await measure(contenders[(index + round) % contenders.length]!, context.arguments.seconds);
    }
    return toReport(workload, contenders);
  } finally {
    await stage.close();
    await upstream.stop();
  }
}

async function prepareContender(context: BenchContext, workload: Workload, hub: Hub, target: Target, folder: string): Promise<Contender> {
  const load = await workload.prepare(target.port, hub);
  const { connections } = context.arguments;
  if (load.kind === 'cycles') {
    return { target, samples: [], run: (seconds) => runCycles(target.port, load.steps, connections, seconds) };
  }
  checkAnswer(workload, target, await sendOnce(target.port, load.requests[0]!));
  const file = `${folder}/requests-${target.name}`;
  await writeRequests(file, load.requests);
  return { target, samples: [], run: (seconds) => runWrk(target.port, file, connections, seconds) };
}

/** Numbers of a target that refuses everything would be splendid. A refusal is short, also where its status is 200. */
function checkAnswer(workload: Workload, target: Target, answer: RawAnswer): void {
  if (answer.status < 400 && answer.bodyBytes >= workload.minAnswerBytes) return;
  throw new Error(`${workload.name} through ${target.name} is answered with status ${answer.status} and ${answer.bodyBytes} bytes.`);
}

async function warmUp({ target, run }: Contender, atMost: typeof WARM_UP): Promise<void> {
  if (target.pids.length === 0) return;
  for (let [requests, seconds] = [0, 0]; requests < atMost.requests && seconds < atMost.seconds; seconds++)
    requests += (await run(1)).requests;
}

async function measure({ target, run, samples }: Contender, seconds: number): Promise<void> {
  const before = readUsage(target.pids);
  const result = await run(seconds);
  const after = readUsage(target.pids);
  const cpuMicros = target.pids.length === 0 ? NaN : (after.cpuMicros - before.cpuMicros) / result.requests;
  samples.push({ ...result, cpuMicros, perSecond: result.requests / result.seconds });
}

function toReport(workload: Workload, contenders: readonly Contender[]): RowReport {
  const { baseline = 'bare' } = workload;
  const bare = contenders.find(({ target }) => target.name === baseline)?.samples;
  const lines = contenders.map(({ target, samples }) => toLine(target, samples, bare));
  return {
    name: workload.name,
    title: workload.title,
    columns: toColumns(baseline),
    lines,
    budgets: toBudgets(workload, contenders, bare),
    notes: [...workload.notes, describeHeadroom(contenders)],
  };
}

function toLine(target: Target, samples: readonly Sample[], bare: readonly Sample[] | undefined): Record<string, Cell> {
  const line: Record<string, Cell> = {
    target: target.name,
    perSecond: toSpread(samples.map((sample) => sample.perSecond)),
    p50Ms: toSpread(samples.map((sample) => sample.p50Ms)),
    p99Ms: toSpread(samples.map((sample) => sample.p99Ms)),
    failures: samples.reduce((sum, sample) => sum + sample.failures, 0),
  };
  if (target.pids.length === 0) return line;
  line['cpuMicros'] = toSpread(samples.map((sample) => sample.cpuMicros));
  line['rssMb'] = readUsage(target.pids).rssBytes / 1e6;
  if (bare !== undefined) line['ratio'] = toSpread(toRatios(samples, bare));
  return line;
}

/** Round by round, because the rounds of one number are a few seconds apart and the machine is the same only for so long. */
function toRatios(samples: readonly Sample[], bare: readonly Sample[]): number[] {
  return samples.map((sample, round) => sample.cpuMicros / bare[round]!.cpuMicros);
}

function toBudgets(workload: Workload, contenders: readonly Contender[], bare: readonly Sample[] | undefined): Budget[] {
  const own = contenders.find(({ target }) => target.name === 'sluice')?.samples;
  if (workload.maxRatio === undefined || own === undefined || bare === undefined) return [];
  return [atMost(`CPU per call against ${workload.baseline ?? 'bare'}`, toSpread(toRatios(own, bare)).median, workload.maxRatio, '×')];
}

/** Whether the load generator and the upstream could have given more. */
function describeHeadroom(contenders: readonly Contender[]): string {
  const rates = contenders.map(({ target, samples }) => ({ name: target.name, rate: toSpread(samples.map((s) => s.perSecond)).median }));
  const direct = rates.find(({ name }) => name === 'direct')!.rate;
  const others = rates.filter(({ name }) => name !== 'direct');
  const short = others.filter(({ rate }) => direct < 2 * rate).map(({ name }) => name);
  if (short.length === 0) return 'Headroom: direct is at least twice as fast as every way measured.';
  return `Headroom: direct is less than twice as fast as ${short.join(' and ')}; there, read the CPU time and not the rate.`;
}
