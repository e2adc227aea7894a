import { writeFile } from 'node:fs/promises';
import { toGrowth } from './growth.ts';
import { describeMachine } from './machine.ts';
import { toMarkdown, toTable } from './print-report.ts';
import type { Results } from './results.ts';
import type { RowReport } from './row-report.ts';

const FILE = 'docs/reference/benchmarks.md';

const INTRODUCTION = `# Benchmarks

What the gateway costs, beside what other ways to the same upstream cost. This page is written by \`npm run bench -- --write-docs\`; nothing in it was typed. [performance.md](../design/performance.md) says why the numbers are what they are.

The ways: **direct** has nothing between load and upstream; **nginx** is \`proxy_pass\` with one worker; **bare** is a pass-through of forty lines of \`node:http\` and \`undici\` that checks nothing; **sdk** is one made of the public SDK's client and server; **sluice** is the gateway.`;

const CAVEATS = `## How to read it

- Absolute times say more about the machine than about the gateway. Compare within a row: all ways were measured in the same run, in turn, round by round. A number with brackets is the median of the rounds, with the least and the most.
- CPU µs/request is user and system time of the measured process, divided by the requests that it answered. It is the number to plan with. Requests/s of a closed loop on few cores says what is left when the load generator and the upstream have taken theirs.
- The measured process has a core of its own; load generator, upstream, Redis and PostgreSQL share the others. Everything talks over loopback, without TLS: a network adds latency to every way alike.
- A virtual machine on shared hardware: other guests show in the spread and in p99 and above.
- Failures are counted everywhere. A row in which calls fail is not a result.`;

/** Writes the page of results. Of a row that is in several, the last one counts. */
export async function writePage(runs: readonly Results[]): Promise<void> {
  const rows = new Map<string, { readonly report: RowReport; readonly run: number }>();
  for (const [run, { reports }] of runs.entries()) for (const report of reports) rows.set(report.name, { report, run });
  const reports = [...rows.values()].map(({ report }) => report);
  const failures = [...new Set(runs.flatMap((run) => run.failures))].filter((name) => !rows.has(name));
  const sections = [
    INTRODUCTION,
    `## Where and how it was measured\n\n${runs.map(toRun).join('\n\n')}`,
    ...(failures.length === 0 ? [] : [`Not measured, because they failed: ${failures.join(', ')}.`]),
    `## The budgets\n\n${toBudgetTable(reports)}`,
    `## How cost grows\n\n${toGrowth(reports)}`,
    CAVEATS,
    `## Every row\n\n${[...rows.values()].map(({ report, run }) => toRow(report, runs.length > 1 ? run + 1 : undefined)).join('\n')}`,
  ];
  await writeFile(FILE, `${sections.join('\n\n').trimEnd()}\n`);
}

function toRun({ machine, command, redis }: Results, index: number, runs: readonly Results[]): string {
  const number = runs.length > 1 ? `Run ${index + 1}:\n\n` : '';
  return `${number}\`\`\`\n${command}\n${describeMachine(machine)}\nSnapshots in ${redis}\n\`\`\``;
}

function toBudgetTable(reports: readonly RowReport[]): string {
  const lines = reports.flatMap(({ name, budgets }) =>
    budgets.map(({ name: what, limit, measured, isMet }) => [`[${name}](#${name})`, what, limit, measured, isMet ? 'met' : '**not met**']),
  );
  return toTable([['row', 'what', 'budget', 'measured', ''], ...lines]);
}

/** The heading is the name alone, so that it can be linked to. */
function toRow(report: RowReport, run: number | undefined): string {
  const title = `${report.title}${run === undefined ? '' : ` (run ${run})`}`;
  return toMarkdown(report).replace(`### ${report.name}: ${report.title}`, () => `### ${report.name}\n\n${title}`);
}
