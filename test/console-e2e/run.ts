// `npm run e2e`: the console in a real browser, against the real planes, a real upstream, and a protected one with a consent page of its
// own. Journeys first, then every page in both themes and on a phone, held to WCAG AA. Pictures are in results/console-e2e/.
// Arguments choose journeys and pages by a part of their name.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { journeys } from './journeys/index.ts';
import { lookAt } from './look-at-pages.ts';
import { openStage, RESULTS, type Stage } from './stage.ts';
import { listVisitedPages } from './visited-pages.ts';

/** Debian's. */
const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
/** The whole lane may take this long, in milliseconds. */
const DEADLINE_MS = 600_000;
/** So may one journey or page; the longest scrolls through 10,000 rows. */
const TEST_DEADLINE_MS = 120_000;
/** So may ending the planes and the browser. What runs then ends with this process. */
const STOP_DEADLINE_MS = 20_000;

if (!existsSync(CHROMIUM)) {
  process.stdout.write(`SKIPPED: there is no ${CHROMIUM}. Install chromium, or name it in CHROMIUM_PATH.\n`);
  process.exit(77);
}

const startedMs = Date.now();
const wanted = process.argv.slice(2);
const count = { passed: 0, failed: 0 };
// What a journey that failed was waiting for fails as well, when nobody listens any longer: that is said, and ends nothing.
process.on('unhandledRejection', (cause) => {
  count.failed++;
  process.stdout.write(`✗ something that nobody waits for\n    ${explain(cause)}\n`);
});
const stage = await openStage(CHROMIUM);
try {
  for (const { name, run } of journeys) {
    if (!isWanted(name) || isOver()) continue;
    await attempt(name, async () => {
      await run(stage);
      return [];
    });
  }
  for (const visited of listVisitedPages(stage)) {
    if (!isWanted(visited.name) || isOver()) continue;
    await attempt(`the page ${visited.name} is accessible in both themes and on a phone`, () => lookAt(stage, visited));
  }
} finally {
  await withinTime(stage.stop(), STOP_DEADLINE_MS).catch((cause: unknown) => process.stdout.write(`not stopped: ${explain(cause)}\n`));
}
if (isOver()) {
  count.failed++;
  process.stdout.write(`✗ all of it in ${DEADLINE_MS / 1_000} s: what would have come later was left out\n`);
}
process.stdout.write(`pictures are in ${path.relative('', RESULTS)}\n`);
process.stdout.write(`tests: ${count.passed} passed, ${count.failed} failed, 0 skipped\n`);
// A journey that failed may have left a server of its own listening: without this the process would wait for it.
process.exit(count.failed === 0 ? 0 : 1);

function isOver(): boolean {
  return Date.now() > startedMs + DEADLINE_MS;
}

function isWanted(name: string): boolean {
  return wanted.length === 0 || wanted.some((part) => name.includes(part));
}

/** Runs one test. What a browser complained about meanwhile is a fault of it. */
async function attempt(name: string, test: () => Promise<readonly string[]>): Promise<void> {
  const beganMs = Date.now();
  const faults = [...(await withinTime(test(), TEST_DEADLINE_MS).catch((cause: unknown) => [explain(cause)])), ...stage.takeFaults()];
  const isGood = faults.length === 0;
  count[isGood ? 'passed' : 'failed']++;
  process.stdout.write(`${isGood ? '✓' : '✗'} ${name} (${((Date.now() - beganMs) / 1_000).toFixed(1)} s)\n`);
  for (const fault of faults) process.stdout.write(`    ${fault}\n`);
  if (!isGood) await takePictures(stage, name);
}

async function takePictures({ owner, manager, member, auditor }: Stage, name: string): Promise<void> {
  const slug = name.replaceAll(/[^a-z]+/gi, '-').slice(0, 60);
  for (const { page, name: person } of [owner, manager, member, auditor])
    await page.screenshot({ path: path.join(RESULTS, `failed-${slug}-${person.split(' ', 1)[0]}.png`) }).catch(() => undefined); // a closed page has no picture
}

function explain(cause: unknown): string {
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}

async function withinTime<Value>(work: Promise<Value>, milliseconds: number): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not done in ${milliseconds / 1_000} s`)), milliseconds);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
