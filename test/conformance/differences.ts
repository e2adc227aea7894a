import type { RequirementSet, Score } from './baseline.ts';

/** The pairings in which the gateway translates, by the name of their column. */
export const BRIDGES = ['modern-only', 'legacy-only', 'sse-only'] as const;
export type BridgeColumn = (typeof BRIDGES)[number];

/** A scenario that scores otherwise through a bridge than directly, because one of the two sides cannot express it. */
export interface Difference {
  readonly set: RequirementSet;
  readonly columns: readonly BridgeColumn[];
  readonly scenario: string;
  readonly score: Score;
}

/** Every difference there is. Each one is explained in docs/reference/protocol-support.md; one that is gone has to be taken out. */
export const DIFFERENCES: readonly Difference[] = [
  { set: '2025-11-25', columns: ['modern-only', 'sse-only'], scenario: 'server-sse-polling', score: { passed: 0, failed: 0 } },
  {
    set: '2026-07-28',
    columns: ['legacy-only', 'sse-only'],
    scenario: 'input-required-result-basic-elicitation',
    score: { passed: 1, failed: 1 },
  },
  {
    set: '2026-07-28',
    columns: ['legacy-only', 'sse-only'],
    scenario: 'input-required-result-ignore-extra-params',
    score: { passed: 1, failed: 0 },
  },
  { set: '2026-07-28', columns: ['legacy-only', 'sse-only'], scenario: 'server-stateless', score: { passed: 28, failed: 2 } },
];

/** The score that a scenario must have through a bridge; undefined where it must be the same as directly. */
export function findExpectedScore(set: RequirementSet, column: BridgeColumn, scenario: string): Score | undefined {
  return DIFFERENCES.find((known) => known.set === set && known.columns.includes(column) && known.scenario === scenario)?.score;
}
