import { readFileSync } from 'node:fs';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Each takes more than ten seconds, most of them by waiting. Begun last, they would keep one worker busy while the others have nothing left. */
const LONGEST = [
  'test/e2e/local-run.test.ts',
  'test/integration/authorization/role-walk.test.ts',
  'test/integration/snapshots/publish-snapshot.test.ts',
  'data-plane/snapshot/open-snapshot.test.ts',
  'test/integration/connections/upstream-consent.test.ts',
  'test/e2e/process-settings.test.ts',
  'test/integration/embedded/postgres.test.ts',
  'test/integration/mcp-server-probes/probe-upstream.test.ts',
];

/**
 * The order in which workers take files. First those that stop the clock: later on, a worker may have a control plane in it (see
 * `useSharedControlPlane`), whose timers they would stop too. Then the longest ones; then vitest's own order, which knows durations only
 * where there was a run before.
 */
export class FileOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const ranks = new Map(files.map(({ moduleId }) => [moduleId, toRank(moduleId)]));
    return (await super.sort(files)).toSorted((one, other) => ranks.get(one.moduleId)! - ranks.get(other.moduleId)!);
  }
}

function toRank(file: string): number {
  if (readFileSync(file, 'utf8').includes('useFakeTimers')) return -1;
  const found = LONGEST.findIndex((long) => file.endsWith(long));
  return found === -1 ? LONGEST.length : found;
}
