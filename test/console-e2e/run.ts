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
const DEADLINE_MS = 420_000;

if (!existsSync(CHROMIUM)) {
  process.stdout.write(`SKIPPED: there is no ${CHROMIUM}. Install chromium, or name it in CHROMIUM_PATH.\n`);
  process.exit(77);
}
const deadline = setTimeout(() => {
  process.stderr.write('e2e: not done in time\n');
  process.exit(1);
}, DEADLINE_MS);

const wanted = process.argv.slice(2);
const count = { passed: 0, failed: 0 };
const stage = await openStage(CHROMIUM);
try {
  for (const { name, run } of journeys) {
    if (!isWanted(name)) continue;
    await attempt(name, async () => {
      await run(stage);
      return [];
    });
  }
  for (const visited of listVisitedPages(stage).filter(({ name }) => isWanted(name)))
    await attempt(`the page ${visited.name} is accessible in both themes and on a phone`, () => lookAt(stage, visited));
} finally {
  await stage.stop();
  clearTimeout(deadline);
}
process.stdout.write(`pictures are in ${path.relative('', RESULTS)}\n`);
process.stdout.write(`tests: ${count.passed} passed, ${count.failed} failed, 0 skipped\n`);
process.exitCode = count.failed === 0 ? 0 : 1;

function isWanted(name: string): boolean {
  return wanted.length === 0 || wanted.some((part) => name.includes(part));
}

/** Runs one test. What a browser complained about meanwhile is a fault of it. */
async function attempt(name: string, test: () => Promise<readonly string[]>): Promise<void> {
  const startedMs = Date.now();
  const faults = [
    ...(await test().catch((cause: unknown) => [cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)])),
    ...stage.takeFaults(),
  ];
  const isGood = faults.length === 0;
  count[isGood ? 'passed' : 'failed']++;
  process.stdout.write(`${isGood ? '✓' : '✗'} ${name} (${((Date.now() - startedMs) / 1_000).toFixed(1)} s)\n`);
  for (const fault of faults) process.stdout.write(`    ${fault}\n`);
  if (!isGood) await takePictures(stage, name);
}

async function takePictures({ owner, manager, member, auditor }: Stage, name: string): Promise<void> {
  const slug = name.replaceAll(/[^a-z]+/gi, '-').slice(0, 60);
  for (const { page, name: person } of [owner, manager, member, auditor])
    await page.screenshot({ path: path.join(RESULTS, `failed-${slug}-${person.split(' ', 1)[0]}.png`) }).catch(() => undefined); // a closed page has no picture
}
