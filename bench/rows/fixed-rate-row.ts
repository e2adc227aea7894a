import { makeFolder, type BenchContext, type Row } from '../bench-context.ts';
import { runFixedRate, type FixedRateResult } from '../load/fixed-rate.ts';
import { runWrk, writeRequests } from '../load/wrk.ts';
import { readUsage } from '../measure/process-usage.ts';
import { toSpread } from '../measure/statistics.ts';
import { atMost, type Budget, type Cell, type Column, type RowReport } from '../report/row-report.ts';
import { findTarget, openStage, type Stage } from '../stage.ts';
import type { TargetName } from '../targets/target.ts';
import { SMALL_CALL } from './call-rows.ts';

const TARGETS: readonly TargetName[] = ['direct', 'nginx', 'bare', 'sluice', 'sluice-silent'];

/** The lower of the two rates, in calls a second. */
const LOW_RATE = 1_000;

/** Rounds are longer than those of closed loops: one call in a thousand has to happen often enough. */
const ROUND_FACTOR = 2;

/**
 * Latencies count from here on, in seconds. A target that was idle while the others had their turn finds its code and memory out of the
 * caches and opens all connections at once, which stops it, and the bare pass-through as well, for up to 60 ms.
 */
const LEAD_IN_SECONDS = 0.5;

/** architecture.md section 10: added at half load, in milliseconds. */
const MAX_ADDED_P50_MS = 0.3;
const MAX_ADDED_P99_MS = 1.5;

/** What reporting events may add to the CPU time of a call. */
const MAX_EVENTS_RATIO = 1.05;

const COLUMNS: readonly Column[] = [
  { key: 'rate', title: 'offered/s' },
  { key: 'target', title: 'way' },
  { key: 'perSecond', title: 'delivered/s' },
  { key: 'cpuMicros', title: 'CPU µs/call', digits: 1 },
  { key: 'ratio', title: 'CPU ÷ bare', digits: 2 },
  { key: 'p50Ms', title: 'p50 ms', digits: 2 },
  { key: 'p90Ms', title: 'p90 ms', digits: 2 },
  { key: 'p99Ms', title: 'p99 ms', digits: 2 },
  { key: 'p999Ms', title: 'p99.9 ms', digits: 2 },
  { key: 'addedP50', title: '+p50', digits: 2 },
  { key: 'addedP90', title: '+p90', digits: 2 },
  { key: 'addedP99', title: '+p99', digits: 2 },
  { key: 'addedP999', title: '+p99.9', digits: 2 },
  { key: 'failures', title: 'failures' },
];

type Measured = 'p50Ms' | 'p90Ms' | 'p99Ms' | 'p999Ms';
const PERCENTILES: readonly (readonly [Measured, string])[] = [
  ['p50Ms', 'addedP50'],
  ['p90Ms', 'addedP90'],
  ['p99Ms', 'addedP99'],
  ['p999Ms', 'addedP999'],
];

interface Round extends FixedRateResult {
  /** CPU time of the target per call, in microseconds; NaN where nothing is measured. */
  readonly cpuMicros: number;
}

type Results = ReadonlyMap<TargetName, Round[]>;

export const fixedRateRow: Row = {
  name: 'fixed-rate',
  title: 'latency of the small call at 1,000 calls/s and at half of what saturates the gateway',
  isQuick: true,
  run: runFixedRates,
};

async function runFixedRates(context: BenchContext): Promise<RowReport> {
  const folder = await makeFolder(context, 'fixed-rate');
  const upstream = await SMALL_CALL.startUpstream(`${folder}/upstream`);
  const { hub, port, routes } = upstream;
  const stage = await openStage(context, { name: 'fixed-rate', hub, upstreamPort: port, routes, targets: TARGETS });
  try {
    const requests = new Map<TargetName, readonly Buffer[]>();
    for (const target of stage.targets) {
      const load = await SMALL_CALL.prepare(target.port, hub);
      requests.set(target.name, load.kind === 'prepared' ? load.requests : []);
    }
    const saturation = await findSaturation(context, stage, requests, folder);
    const halfRate = Math.round(saturation / 2 / 100) * 100;
    const low = await measureRate(context, stage, requests, LOW_RATE);
    const half = await measureRate(context, stage, requests, halfRate);
    return {
      name: fixedRateRow.name,
      title: fixedRateRow.title,
      columns: COLUMNS,
      lines: [...toLines(LOW_RATE, low), ...toLines(halfRate, half)],
      budgets: toBudgets(half),
      notes: [
        `Saturation of the gateway in this run: ${Math.round(saturation)} calls/s.`,
        'Calls are due at random times (Poisson); a latency counts from the time a call was due, so a stall is charged to every call that had to wait. The columns with + are the difference to direct in the same round.',
        `Latencies of the first ${LEAD_IN_SECONDS} s of a round do not count: a target that was idle while the others had their turn opens its connections and finds its code and memory again.`,
        'CPU ÷ bare compares ways that carry the same number of calls. At saturation, the faster way carries more calls in each turn of its loop and wakes its busier neighbours less often, so that a difference counts twice there.',
        'Sent by the harness’s own generator, precise to about 0.1 ms; it shares its core with the upstream, which is part of direct too.',
      ],
    };
  } finally {
    await stage.close();
    await upstream.stop();
  }
}

/** Also warms every target up. */
async function findSaturation(
  context: BenchContext,
  stage: Stage,
  requests: ReadonlyMap<TargetName, readonly Buffer[]>,
  folder: string,
): Promise<number> {
  const { connections, seconds } = context.arguments;
  for (const { name } of stage.targets) {
    await writeRequests(`${folder}/requests-${name}`, requests.get(name)!);
    await runWrk(findTarget(stage, name).port, `${folder}/requests-${name}`, connections, seconds);
  }
  const result = await runWrk(findTarget(stage, 'sluice').port, `${folder}/requests-sluice`, connections, seconds);
  return result.requests / result.seconds;
}

async function measureRate(
  context: BenchContext,
  stage: Stage,
  requests: ReadonlyMap<TargetName, readonly Buffer[]>,
  perSecond: number,
): Promise<Results> {
  const { quick, rounds, seconds, connections } = context.arguments;
  const roundSeconds = quick ? seconds : seconds * ROUND_FACTOR;
  const results = new Map<TargetName, Round[]>(stage.targets.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    context.progress(`fixed-rate: ${perSecond}/s, round ${round + 1} of ${rounds}`);
    for (const { name, pids, port } of stage.targets) {
      const options = {
        port,
        requests: requests.get(name)!,
        perSecond,
        connections,
        seconds: roundSeconds,
        leadInSeconds: LEAD_IN_SECONDS,
      };
      const before = readUsage(pids).cpuMicros;
      const result = await runFixedRate(options);
      const cpuMicros = pids.length === 0 ? NaN : (readUsage(pids).cpuMicros - before) / result.answered;
      results.get(name)!.push({ ...result, cpuMicros });
    }
  }
  return results;
}

function toLines(rate: number, results: Results): Record<string, Cell>[] {
  return [...results].map(([target, rounds]) => {
    const line: Record<string, Cell> = { rate, target, failures: rounds.reduce((sum, round) => sum + round.failures, 0) };
    line['perSecond'] = toSpread(rounds.map((round) => round.perSecond)).median;
    if (target !== 'direct') {
      const bare = results.get('bare')!;
      line['cpuMicros'] = toSpread(rounds.map(({ cpuMicros }) => cpuMicros));
      line['ratio'] = toSpread(rounds.map(({ cpuMicros }, round) => cpuMicros / bare[round]!.cpuMicros));
    }
    for (const [key, addedKey] of PERCENTILES) {
      line[key] = toSpread(rounds.map((round) => round[key]));
      if (target !== 'direct') line[addedKey] = toSpread(toAdded(results, target, key));
    }
    return line;
  });
}

/** What a target adds to direct, round by round. */
function toAdded(results: Results, target: TargetName, key: Measured): number[] {
  const direct = results.get('direct')!;
  return results.get(target)!.map((result, round) => result[key] - direct[round]![key]);
}

function toBudgets(half: Results): Budget[] {
  const median = (key: Measured) => toSpread(toAdded(half, 'sluice', key)).median;
  const silent = half.get('sluice-silent')!;
  const events = half.get('sluice')!.map(({ cpuMicros }, round) => cpuMicros / silent[round]!.cpuMicros);
  return [
    atMost('CPU per call at half load with events against without', toSpread(events).median, MAX_EVENTS_RATIO, '×'),
    atMost('added latency at half load, p50', median('p50Ms'), MAX_ADDED_P50_MS, ' ms'),
    atMost('added latency at half load, p99', median('p99Ms'), MAX_ADDED_P99_MS, ' ms'),
  ];
}
