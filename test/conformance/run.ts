// `npm run conformance`: the fixture, measured by the official suite directly and through the gateway. What a gateway adds must not be seen,
// so every check that ends otherwise is a fault, and so is a fixture that scores less than published.
import { startLaneGateway } from '../support/lane-gateway.ts';
import { startAuthorizingForwarder } from '../support/authorizing-forwarder.ts';
import { startFixtureServer } from '../support/upstreams/fixture-server.ts';
import { World } from '../support/world.ts';
import { BASELINE, type RequirementSet } from './baseline.ts';
import { compareResults, compareWithBaseline, type Finding } from './compare.ts';
import { runOfficialSuite, type SuiteResult } from './official-suite.ts';
import { printScores } from './print-scores.ts';

/** What is measured. Each column but the first is compared with the first. */
interface Column {
  readonly name: string;
  readonly url: string;
}

const SETS: readonly RequirementSet[] = ['2025-11-25', '2026-07-28'];

const fixture = await startFixtureServer();
const gateway = await startLaneGateway();
const world = await World.create(gateway);
const key = await world.addKey();
const server = await world.addServer({ upstreamUrl: fixture.url });
await world.enforced();
const forwarder = await startAuthorizingForwarder(server.url, key.plain);
try {
  const columns = [
    { name: 'direct', url: fixture.url },
    { name: 'gateway', url: forwarder.url },
  ];
  let faults = 0;
  for (const set of SETS) faults += await measure(set, columns);
  process.stdout.write(faults === 0 ? '\nconformance: no difference\n' : `\nconformance: ${faults} findings\n`);
  process.exitCode = faults === 0 ? 0 : 1;
} finally {
  await Promise.all([forwarder.close(), gateway.stop(), fixture.close()]);
}

async function measure(set: RequirementSet, columns: readonly Column[]): Promise<number> {
  const results: (Column & { readonly result: SuiteResult })[] = [];
  for (const column of columns) results.push({ ...column, result: await runOfficialSuite(column.url, set) });
  printScores(set, results);
  const [direct, ...others] = results;
  if (direct === undefined) return 0;
  const findings = [
    ...compareWithBaseline(direct.result, BASELINE[set]).map((finding) => toLine(direct.name, finding)),
    ...others.flatMap(({ name, result }) => compareResults(direct.result, result).map((finding) => toLine(name, finding))),
  ];
  for (const finding of findings) process.stdout.write(`${finding}\n`);
  return findings.length;
}

function toLine(column: string, { scenario, fault }: Finding): string {
  return `  ✗ ${column}: ${scenario}: ${fault}`;
}
