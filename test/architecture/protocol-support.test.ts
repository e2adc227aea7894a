import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { BASELINE } from '../conformance/baseline.ts';
import { format } from '../conformance/compare.ts';
import { DIFFERENCES } from '../conformance/differences.ts';

const reference = readFileSync(fileURLToPath(new URL('../../docs/reference/protocol-support.md', import.meta.url)), 'utf8');

/** Set, column, scenario, direct and bridged score of each row, as the reference states them. */
function findRows(): string[] {
  const [, section = ''] = reference.split('\n## What cannot be carried over\n');
  const rows = section.matchAll(/^\| `([^`]+)` \| `([^`]+)` \| `([^`]+)` \| (\d+\/\d+) \| (\d+\/\d+) \| (.+) \|$/gm);
  return [...rows].map(([, ...cells]) => cells.slice(0, 5).join(' ')).toSorted();
}

test('the reference explains every difference that the conformance run allows, and no other', () => {
  const differences = DIFFERENCES.flatMap(({ set, columns, scenario, score }) => {
    const direct = BASELINE[set].get(scenario);
    return columns.map((column) => [set, column, scenario, direct === undefined ? '?' : format(direct), format(score)].join(' '));
  });
  expect(findRows()).toEqual(differences.toSorted());
});
