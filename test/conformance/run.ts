// `npm run conformance`: the fixture, measured by the official suite directly and through the gateway. What a gateway adds must not be seen,
// so every check that ends otherwise is a fault, and so is a fixture that scores less than published.
import { startLaneGateway } from '../support/lane-gateway.ts';
import { startAuthorizingForwarder } from '../support/authorizing-forwarder.ts';
import { startFixtureServer } from '../support/upstreams/fixture-server.ts';
import { World } from '../support/world.ts';
import { BASELINE, type RequirementSet } from './baseline.ts';
import { compareResults, compareWithBaseline } from './compare.ts';
import { runOfficialSuite, type SuiteResult } from './official-suite.ts';
import { printScores } from './print-scores.ts';

/** What is measured. Each column but the first is compared with the first. */
interface Column {
  readonly name: string;
  readonly url: string;
}

const SETS: readonly RequirementSet[] = ['2025-11-25', '2026-07-28'];

const fixture = await startFixtureServer();
const gateway = await startLaneGateway({ replicas: 2 });
const world = await World.create(gateway);
const key = await world.addKey();
const server = await world.addServer({ upstreamUrl: fixture.url });
await world.enforced();
const forwarder = await startAuthorizingForwarder(server.url, key.plain);
try {
  const columns: readonly [Column, ...Column[]] = [
    { name: 'direct', url: fixture.url },
    { name: 'gateway', url: forwarder.url },
  ];
  const count = { passed: 0, failed: 0 };
  for (const set of SETS) {
    const { scenarios, faulty } = await measure(set, columns);
    count.failed += faulty;
    count.passed += scenarios - faulty;
  }
  process.stdout.write(count.failed === 0 ? '\nconformance: no difference\n' : '\nconformance: see ✗ above\n');
  process.stdout.write(`tests: ${count.passed} passed, ${count.failed} failed, 0 skipped\n`);
  process.exitCode = count.failed === 0 ? 0 : 1;
} finally {
  await Promise.all([forwarder.close(), gateway.stop(), fixture.close()]);
}

/** How many scenarios were measured in all columns, and how many of them are not as they have to be. */
async function measure(
  set: RequirementSet,
  [direct, ...others]: readonly [Column, ...Column[]],
): Promise<{ readonly scenarios: number; readonly faulty: number }> {
  const results: (Column & { readonly result: SuiteResult })[] = [];
  for (const column of [direct, ...others]) results.push({ ...column, result: await runOfficialSuite(column.url, set) });
  printScores(set, results);
  let scenarios = 0;
  let faulty = 0;
  for (const { name, result } of results) {
    const findings = name === direct.name ? compareWithBaseline(result, BASELINE[set]) : compareResults(results[0]!.result, result);
    for (const { scenario, fault } of findings) process.stdout.write(`  ✗ ${name}: ${scenario}: ${fault}\n`);
    scenarios += result.size;
    faulty += new Set(findings.map(({ scenario }) => scenario)).size;
  }
  return { scenarios, faulty };
}
