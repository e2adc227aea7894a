import { Client } from 'pg';
import type { Request } from 'playwright-core';
import { check, until, type Journey } from '../journey.ts';

const COUNT = 10_000;
const PAGE_SIZE = 100;
/** Rows that a window of 800 pixels and what is kept around it may need, with room. */
const MOST_ROWS = 60;

const ADD = `
  INSERT INTO users (id, organization_id, role, email, email_key, name, created_at, updated_at)
  SELECT 'usr_many' || n, $1, 'MEMBER', 'many' || n || '@example.com', 'many' || n || '@example.com', 'Many ' || lpad(n::text, 5, '0'),
         now() + n * interval '1 millisecond', now()
  FROM generate_series(1, $2) AS n`;
const REMOVE = `DELETE FROM users WHERE id LIKE 'usr\\_many%'`;

/** Scrolls to the end, however often the end moves, and says how that went. */
const SCROLL_TO_END = `(async () => {
  const tasks = [];
  const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration)));
  observer.observe({ entryTypes: ['longtask'] });
  const frames = [];
  let mostRows = 0;
  let last = performance.now();
  const startedAt = last;
  while (document.querySelector('[role=table]').getAttribute('aria-rowcount') < ${COUNT} || scrollY + innerHeight < document.documentElement.scrollHeight - 1) {
    if (performance.now() - startedAt > 90_000) break;
    scrollBy(0, 1_500);
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    frames.push(now - last);
    last = now;
    mostRows = Math.max(mostRows, document.querySelectorAll('[role=row]').length);
  }
  observer.disconnect();
  frames.sort((a, b) => a - b);
  const at = (part) => Math.round(frames[Math.floor((frames.length - 1) * part)]);
  return {
    mostRows,
    seconds: (last - startedAt) / 1_000,
    frames: frames.length,
    median: at(0.5),
    p95: at(0.95),
    longest: at(1),
    longTasks: tasks.length,
    longestTask: Math.round(Math.max(0, ...tasks)),
  };
})()`;

interface Scrolling {
  readonly mostRows: number;
  readonly seconds: number;
  readonly frames: number;
  readonly median: number;
  readonly p95: number;
  readonly longest: number;
  readonly longTasks: number;
  readonly longestTask: number;
}

/** Lists of any length. What the machine decides is said and not judged. */
export const longListJourneys: readonly Journey[] = [
  {
    name: 'a list of 10,000 people is scrolled to its end with few rows at a time, and a change reads again what is on the screen',
    async run({ owner: { page }, world, origin, databaseUrl }) {
      const database = new Client({ connectionString: databaseUrl });
      await database.connect();
      let asked = 0;
      // What the frame shows is read anew whenever anything changed, so that tells how often something did.
      let changes = -1;
      const count = (request: Request) => {
        if (request.postData()?.includes('query People(') === true) asked++;
        if (request.postData()?.includes('query Viewer') === true) changes++;
      };
      page.on('request', count);
      try {
        await database.query(ADD, [world.organizationId, COUNT]);
        const startedMs = Date.now();
        await page.goto(`${origin}/console/people`);
        await page.getByRole('cell').first().waitFor();
        const firstRowMs = Date.now() - startedMs;
        const went = await page.evaluate<Scrolling>(SCROLL_TO_END);
        const requests = asked;
        await page.getByRole('link', { name: `Many ${COUNT}` }).waitFor();
        process.stdout.write(
          `    10,000 rows: first row after ${firstRowMs} ms; to the end in ${went.seconds.toFixed(1)} s with ${requests} requests and ${changes} changes meanwhile; ` +
            `${went.frames} frames, median ${went.median} ms, 95% within ${went.p95} ms, longest ${went.longest} ms; ` +
            `${went.longTasks} tasks above 50 ms, longest ${went.longestTask} ms; at most ${went.mostRows} rows in the page\n`,
        );
        check(went.mostRows <= MOST_ROWS, `${went.mostRows} rows are in the page at once`);
        // Each page once, and whenever something changed meanwhile what was on the screen: the ends of two pages, and one that was on its way.
        const most = 1.05 * (COUNT / PAGE_SIZE) + 3 * changes;
        check(requests <= most, `${requests} requests for ${COUNT / PAGE_SIZE} pages and ${changes} changes`);
        asked = 0;
        await world.api.run(
          `mutation ($id: ID!, $input: UserUpdateInput!) { userUpdate(id: $id, input: $input) { snapshotRevision userErrors { code message field } } }`,
          { id: `usr_many${COUNT}`, input: { name: 'The last one' } },
          'userUpdate',
        );
        await page.getByRole('link', { name: 'The last one' }).waitFor();
        check(asked <= 10, `${asked} pages were read again for one change`);
        await page.evaluate('scrollTo(0, 0)');
        await page.getByRole('link', { name: 'Olga Owner' }).waitFor();
        const rows = page.getByRole('row');
        await until('few rows at the start', async () => (await rows.count()) <= MOST_ROWS);
      } finally {
        await database.query(REMOVE);
        await database.end();
        page.off('request', count);
      }
    },
  },
];
