import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { RESULTS, type Stage } from './stage.ts';
import type { VisitedPage } from './visited-pages.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Ways to look at a page. */
const LOOKS = [
  { name: 'light', colorScheme: 'light', width: 1280, height: 800 },
  { name: 'dark', colorScheme: 'dark', width: 1280, height: 800 },
  { name: 'phone', colorScheme: 'light', width: 390, height: 844 },
] as const;

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
  }[];
}

/** What is wrong with a page, whichever way it is looked at. Leaves a picture of each. */
export async function lookAt(stage: Stage, visited: VisitedPage): Promise<readonly string[]> {
  const { page } = stage[visited.who];
  const faults: string[] = [];
  for (const look of LOOKS) {
    await page.emulateMedia({ colorScheme: look.colorScheme, reducedMotion: 'reduce' });
    await page.setViewportSize({ width: look.width, height: look.height });
    await page.goto(`${stage.origin}/console/${visited.path}`);
    await page.getByText(visited.shows).first().waitFor();
    await page.locator('[aria-busy=true]').first().waitFor({ state: 'detached' });
    await page.screenshot({ path: path.join(RESULTS, `${visited.name}-${look.name}.png`) });
    faults.push(...(await findAxeFaults(page)).map((fault) => `${look.name}: ${fault}`));
    if (look.name === 'phone' && (await isWiderThanScreen(page))) faults.push('phone: the page scrolls sideways');
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  return faults;
}

async function findAxeFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  const { violations } = await page.evaluate<AxeResult>(`axe.run({ runOnly: ${JSON.stringify(tags)} })`);
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}\n      ${nodes[0]?.failureSummary.replaceAll('\n', ' ')}`);
}

function isWiderThanScreen(page: Page): Promise<boolean> {
  return page.evaluate<boolean>('document.documentElement.scrollWidth > document.documentElement.clientWidth');
}
