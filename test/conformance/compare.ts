import type { Score } from './baseline.ts';
import type { Check, SuiteResult } from './official-suite.ts';

/** What is wrong with a scenario, for people. */
export interface Finding {
  readonly scenario: string;
  readonly fault: string;
}

export function toScore(checks: readonly Check[]): Score {
  return { passed: count(checks, 'SUCCESS'), failed: count(checks, 'FAILURE') };
}

/** Scenarios that score less than they have to, or are gone. */
export function compareWithBaseline(result: SuiteResult, baseline: ReadonlyMap<string, Score>): Finding[] {
  const findings: Finding[] = [];
  for (const [scenario, least] of baseline) {
    const checks = result.get(scenario);
    if (checks === undefined) {
      findings.push({ scenario, fault: 'was not run' });
      continue;
    }
    const score = toScore(checks);
    if (score.passed >= least.passed && score.failed <= least.failed) continue;
    findings.push({ scenario, fault: `scores ${format(score)}, published is ${format(least)}${toReasons(checks)}` });
  }
  return findings;
}

/** Every check that ends otherwise than it does directly, and every one that is there only once. */
export function compareResults(direct: SuiteResult, other: SuiteResult): Finding[] {
  const findings: Finding[] = [];
  for (const scenario of new Set([...direct.keys(), ...other.keys()])) {
    const expected = tally(direct.get(scenario) ?? []);
    const actual = tally(other.get(scenario) ?? []);
    const reasons = toReasons(other.get(scenario) ?? []);
    for (const key of new Set([...expected.keys(), ...actual.keys()])) {
      const [before, after] = [expected.get(key) ?? 0, actual.get(key) ?? 0];
      if (before !== after) findings.push({ scenario, fault: `${key}: ${before} directly, ${after} here${reasons}` });
    }
  }
  return findings;
}

/**
 * Scenarios that score otherwise than they do directly, where that is not expected, and those that score as directly where something else
 * is expected: a difference that is gone must not stay in the list.
 */
export function compareBridged(direct: SuiteResult, bridged: SuiteResult, expected: (scenario: string) => Score | undefined): Finding[] {
  const findings: Finding[] = [];
  for (const scenario of new Set([...direct.keys(), ...bridged.keys()])) {
    const checks = bridged.get(scenario) ?? [];
    const wanted = format(expected(scenario) ?? toScore(direct.get(scenario) ?? []));
    const actual = format(toScore(checks));
    if (wanted !== actual) findings.push({ scenario, fault: `scores ${actual}, expected is ${wanted}${toReasons(checks)}` });
  }
  return findings;
}

/** Passed and failed checks, the way the suite prints them. */
export function format(score: Score): string {
  return `${score.passed}/${score.failed}`;
}

/** How often each check ended how. What the suite only notes (`INFO`) is a trace of the traffic and differs from run to run. */
function tally(checks: readonly Check[]): Map<string, number> {
  const tally = new Map<string, number>();
  for (const { id, status } of checks) {
    if (status !== 'INFO') tally.set(`${id} ${status}`, (tally.get(`${id} ${status}`) ?? 0) + 1);
  }
  return tally;
}

function count(checks: readonly Check[], status: Check['status']): number {
  return checks.filter((check) => check.status === status).length;
}

function toReasons(checks: readonly Check[]): string {
  const failed = checks.filter((check) => check.status === 'FAILURE' || check.status === 'WARNING');
  return failed.map((check) => `\n      ${check.id}: ${check.errorMessage ?? check.status}`).join('');
}
