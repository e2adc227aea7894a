// `npm run interop`: public clients, each through two data planes behind a balancer without affinity. A client that cannot do
// through the gateway what it offers is a fault.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startLaneGateway } from '../support/lane-gateway.ts';
import { startFixtureServer } from '../support/upstreams/fixture-server.ts';
import { World } from '../support/world.ts';
import { startCredentialCheck } from './credential-check.ts';
import { FEATURES } from './features.ts';
import { inspector } from './inspector.ts';
import { mcpRemote } from './mcp-remote.ts';
import { sdkFirstLine } from './sdk-first-line.ts';
import { sdkSecondLine } from './sdk-second-line.ts';
import type { InteropClient, KeyHeader } from './session.ts';
import { tryFeatures, type Verdict } from './try-features.ts';
import { EVERYTHING, FIXTURE, startEverything, type Surface } from './upstreams.ts';

/** The whole lane may take this long, in milliseconds. */
const DEADLINE_MS = 420_000;
const deadline = setTimeout(() => {
  process.stderr.write('interop: not done in time\n');
  process.exit(1);
}, DEADLINE_MS);

const state = await mkdtemp(path.join(tmpdir(), 'sluice-interop-'));
const [everything, fixture, gateway] = await Promise.all([startEverything(), startFixtureServer(), startLaneGateway({ replicas: 2 })]);
const credential = { name: 'x-upstream-key', value: 'the credential of the organization' };
const guarded = await startCredentialCheck(everything.url, credential);
const world = await World.create(gateway);
const key = await world.addKey();
const legacyServer = await world.addServer({ upstreamUrl: guarded.url, authentication: 'CUSTOM_HEADERS' });
await world.connect(legacyServer, world.organizationId, { [credential.name]: credential.value });
const modernServer = await world.addServer({ upstreamUrl: fixture.url });
await world.enforced();

interface Row {
  readonly client: InteropClient;
  readonly url: string;
  readonly surface: Surface;
  readonly keyHeader: KeyHeader;
}

const legacy = { url: legacyServer.url, surface: EVERYTHING };
const modern = { url: modernServer.url, surface: FIXTURE };
const rows: readonly Row[] = [
  { client: sdkFirstLine, ...legacy, keyHeader: 'authorization' },
  { client: sdkFirstLine, ...legacy, keyHeader: 'x-sluice-api-key' },
  { client: sdkSecondLine('SDK v2 legacy', 'legacy'), ...legacy, keyHeader: 'authorization' },
  { client: sdkSecondLine('SDK v2 auto', 'auto'), ...legacy, keyHeader: 'x-sluice-api-key' },
  { client: sdkSecondLine('SDK v2 auto, modern', 'auto'), ...modern, keyHeader: 'authorization' },
  { client: mcpRemote('mcp-remote', 'legacy', state), ...legacy, keyHeader: 'authorization' },
  { client: mcpRemote('mcp-remote auto', 'auto', state), ...legacy, keyHeader: 'x-sluice-api-key' },
  { client: mcpRemote('mcp-remote auto, modern', 'auto', state), ...modern, keyHeader: 'authorization' },
  { client: inspector('inspector legacy', 'legacy', state), ...legacy, keyHeader: 'authorization' },
  { client: inspector('inspector auto', 'auto', state), ...legacy, keyHeader: 'x-sluice-api-key' },
  { client: inspector('inspector modern', 'modern', state), ...modern, keyHeader: 'authorization' },
];

try {
  const count = { passed: 0, failed: 0 };
  print(['client', 'key in', ...FEATURES.map((feature) => feature.name), 'credential']);
  for (const row of rows) {
    const verdicts = (await tryRow(row)).filter(({ isOffered = true }) => isOffered);
    const failed = verdicts.filter(({ fault }) => fault !== undefined).length;
    count.failed += failed;
    count.passed += verdicts.length - failed;
  }
  process.stdout.write(count.failed === 0 ? '\ninterop: every client does what it offers\n' : '\ninterop: see ✗ above\n');
  process.stdout.write(`tests: ${count.passed} passed, ${count.failed} failed, 0 skipped\n`);
  process.exitCode = count.failed === 0 ? 0 : 1;
} finally {
  await Promise.all([gateway.stop(), guarded.close(), fixture.close()]);
  await everything.close();
  await rm(state, { recursive: true, force: true });
  clearTimeout(deadline);
}

async function tryRow({ client, url, surface, keyHeader }: Row): Promise<readonly Verdict[]> {
  const verdicts = await tryFeatures(() => client.connect({ url, key: key.plain, keyHeader }), surface);
  const wrong = guarded.takeFaults(key.plain);
  verdicts.push({ feature: 'credential', fault: wrong.length === 0 ? undefined : wrong.join(', ') });
  print([client.name, keyHeader, ...verdicts.map(toMark)]);
  for (const { feature, fault } of verdicts) if (fault !== undefined) process.stdout.write(`    ${feature}: ${fault}\n`);
  return verdicts;
}

function toMark({ fault, isOffered = true }: Verdict): string {
  if (!isOffered) return '–';
  return fault === undefined ? '✓' : '✗';
}

function print([first = '', second = '', ...cells]: readonly string[]): void {
  process.stdout.write(`${first.padEnd(25)}${second.padEnd(18)}${cells.map((cell) => cell.padEnd(12)).join('')}\n`);
}
