// `npm run conformance`: the fixture, measured by the official suite directly and through the gateway. What a gateway adds must not be seen,
// so every check that ends otherwise is a fault, and so is a fixture that scores less than published. Where the gateway translates for an
// upstream of one era or of the first transport, differences are allowed that one of the two sides cannot help (differences.ts).
import { startLaneGateway } from '../support/lane-gateway.ts';
import { startAuthorizingForwarder, type AuthorizingForwarder } from '../support/authorizing-forwarder.ts';
import { startFixtureServer } from '../support/upstreams/fixture-server.ts';
import { startSseFixtureServer } from '../support/upstreams/sse-fixture-server.ts';
import { World, type ServerOptions } from '../support/world.ts';
import { measureAuthorizationServer } from './authorization.ts';
import { BASELINE, type RequirementSet } from './baseline.ts';
import { measureUpstreamClient } from './client-scenarios.ts';
import { compareBridged, compareResults, compareWithBaseline, type Finding } from './compare.ts';
import { BRIDGES, findExpectedScore, type BridgeColumn } from './differences.ts';
import { runOfficialSuite, type SuiteResult } from './official-suite.ts';
import { printScores } from './print-scores.ts';

/** What is measured. Each column but the first is compared with the first. */
interface Column {
  readonly name: string;
  readonly url: string;
  /** Whether client and upstream speak differently, so that known differences are allowed. */
  readonly bridge?: BridgeColumn;
}

const SETS: readonly RequirementSet[] = ['2025-11-25', '2026-07-28'];

const fixture = await startFixtureServer();
const bridged = {
  'modern-only': await startFixtureServer({ eras: 'modern' }),
  'legacy-only': await startFixtureServer({ eras: 'legacy' }),
  'sse-only': await startSseFixtureServer(),
};
const gateway = await startLaneGateway({ replicas: 2 });
const world = await World.create(gateway);
const key = await world.addKey();
const forwarders: AuthorizingForwarder[] = [];
try {
  const columns: [Column, ...Column[]] = [
    { name: 'direct', url: fixture.url },
    await throughGateway('gateway', { upstreamUrl: fixture.url }),
  ];
  for (const bridge of BRIDGES) {
    const transport = bridge === 'sse-only' ? 'SSE' : 'STREAMABLE_HTTP';
    columns.push({ ...(await throughGateway(bridge, { upstreamUrl: bridged[bridge].url, transport })), bridge });
  }
  const guarded = await world.addServer({ upstreamUrl: fixture.url });
  await world.enforced();
  const count = { passed: 0, failed: 0 };
  for (const set of SETS) {
    const { scenarios, faulty } = await measure(set, columns);
    count.failed += faulty;
    count.passed += scenarios - faulty;
  }
  const authorization = await measureAuthorizationServer(world, guarded);
  count.failed += authorization.failed;
  count.passed += authorization.passed;
  const client = await measureUpstreamClient(SETS);
  count.failed += client.failed;
  count.passed += client.passed;
  process.stdout.write(count.failed === 0 ? '\nconformance: no unexpected difference\n' : '\nconformance: see ✗ above\n');
  process.stdout.write(`tests: ${count.passed} passed, ${count.failed} failed, ${client.skipped} skipped\n`);
  process.exitCode = count.failed === 0 ? 0 : 1;
} finally {
  const upstreams = [fixture, ...Object.values(bridged)].map((upstream) => upstream.close());
  await Promise.all([...forwarders.map((forwarder) => forwarder.close()), gateway.stop(), ...upstreams]);
}

async function throughGateway(name: string, options: ServerOptions): Promise<Column> {
  const server = await world.addServer(options);
  const forwarder = await startAuthorizingForwarder(server.url, key.plain);
  forwarders.push(forwarder);
  return { name, url: forwarder.url };
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
  for (const column of results) {
    const { name, result } = column;
    const findings = name === direct.name ? compareWithBaseline(result, BASELINE[set]) : compareColumn(set, results[0]!.result, column);
    for (const { scenario, fault } of findings) process.stdout.write(`  ✗ ${name}: ${scenario}: ${fault}\n`);
    scenarios += result.size;
    faulty += new Set(findings.map(({ scenario }) => scenario)).size;
  }
  return { scenarios, faulty };
}

function compareColumn(set: RequirementSet, direct: SuiteResult, { bridge, result }: Column & { readonly result: SuiteResult }): Finding[] {
  if (bridge === undefined) return compareResults(direct, result);
  return compareBridged(direct, result, (scenario) => findExpectedScore(set, bridge, scenario));
}
