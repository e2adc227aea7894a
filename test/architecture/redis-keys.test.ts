import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { REPORT_INTERVAL_MS } from '../../contract/gateway-report.ts';
import { RedisKeys } from '../../contract/redis-keys.ts';

const page = readFileSync(fileURLToPath(new URL('../../docs/reference/redis-keys.md', import.meta.url)), 'utf8');

/** The arguments of the examples on the page. */
const revision = 42;
const hash = 'b1kD0TUsffL6ImL3M8-nZlA4fO3AXsApWzoM0gV94t8';
const keys = new RedisKeys('default');
const examples: Readonly<Record<string, string>> = {
  revision: keys.revision(),
  manifest: keys.manifest(revision),
  delta: keys.delta(revision),
  document: keys.document(hash),
  changed: keys.changed(),
  endedSession: keys.endedSession(hash),
  upstreamToken: keys.upstreamToken('con_5gkQ2'),
  limitRate: keys.limitRate('lim_5gkQ2:60000'),
  limitSlots: keys.limitSlots('lim_5gkQ2'),
  changedLists: keys.changedLists(),
  gateways: keys.gateways(),
  trafficEvents: keys.trafficEvents(0),
  trafficBytes: keys.trafficBytes(0),
};

/** The rows of the table, each as its cells. */
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim())); // prettier-ignore

const unquote = (cell: string | undefined) => cell?.replaceAll('`', '');

test('every key is on the page, and nothing else is', () => {
  const methods = Object.getOwnPropertyNames(RedisKeys.prototype).filter((name) => name !== 'constructor');
  expect(methods.length).toBeGreaterThan(5);
  expect(rows.map(([name]) => unquote(name))).toEqual(methods);
});

test('every example is the key itself', () => {
  for (const [name, example] of rows) expect(unquote(example), name).toBe(examples[unquote(name) ?? '']);
});

test('every key has a type, a purpose, a writer, a reader and an end', () => {
  for (const cells of rows) {
    expect(cells).toHaveLength(7);
    for (const cell of cells) expect(cell).not.toBe('');
  }
});

test('the page knows how often a process reports', () => {
  expect(page).toContain(`every ${REPORT_INTERVAL_MS / 1_000} s`);
});
