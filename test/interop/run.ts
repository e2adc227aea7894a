// `npm run interop`: public clients, each through two data planes behind a balancer without affinity. A client that cannot do
// through the gateway what it offers is a fault, and so is one that does not get in by the URL alone.
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
import { loseReplica } from './replica-loss.ts';
import type { InteropClient, KeyHeader } from './session.ts';
import { tryFeatures, type Verdict } from './try-features.ts';
import { proveUrlAlone } from './url-alone/prove.ts';
import { EVERYTHING, FIXTURE, startEverything, startFilesystem, startMemory, type Surface } from './upstreams.ts';

/** The whole lane may take this long, in milliseconds. */
const DEADLINE_MS = 420_000;
const deadline = setTimeout(() => {
  process.stderr.write('interop: not done in time\n');
  process.exit(1);
}, DEADLINE_MS);

const state = await mkdtemp(path.join(tmpdir(), 'sluice-interop-'));
const files = await mkdtemp(path.join(tmpdir(), 'sluice-interop-files-'));
const [everything, everythingSse, filesystem, memory, fixture, modernOnly, gateway] = await Promise.all([
  startEverything('streamableHttp'),
  startEverything('sse'),
  startFilesystem(files),
  startMemory(state),
  startFixtureServer(),
  startFixtureServer({ eras: 'modern' }),
  // Checks of health carry no credential, and would be taken for calls that lost theirs.
  startLaneGateway({ replicas: 2 }),
]);
const credential = { name: 'x-upstream-key', value: 'the credential of the organization' };
const guarded = await startCredentialCheck(everything.url, credential);
const world = await World.create(gateway);
const key = await world.addKey();
const legacyServer = await world.addServer({ upstreamUrl: guarded.url, authentication: 'CUSTOM_HEADERS' });
await world.connect(legacyServer, world.organizationId, { [credential.name]: credential.value });
const legacy = { server: 'everything', url: legacyServer.url, surface: EVERYTHING };
const sse = {
  server: 'everything, SSE',
  url: (await world.addServer({ upstreamUrl: everythingSse.url, transport: 'SSE' })).url,
  surface: EVERYTHING,
};
const dual = { server: 'fixture', url: (await world.addServer({ upstreamUrl: fixture.url })).url, surface: FIXTURE };
const modern = { server: 'modern only', url: (await world.addServer({ upstreamUrl: modernOnly.url })).url, surface: FIXTURE };
const proxied = { server: 'filesystem', url: (await world.addServer({ upstreamUrl: filesystem.url })).url, surface: filesystem.surface };
const bridged = { server: 'memory', url: (await world.addServer({ upstreamUrl: memory.url })).url, surface: memory.surface };
await world.enforced();

interface Row {
  readonly client: InteropClient;
  readonly server: string;
  readonly url: string;
  readonly surface: Surface;
  readonly keyHeader: KeyHeader;
}

const secondLegacy = sdkSecondLine('SDK v2 legacy', 'legacy');
const secondAuto = sdkSecondLine('SDK v2 auto', 'auto');
const remote = mcpRemote('mcp-remote', 'legacy', state);
const remoteAuto = mcpRemote('mcp-remote auto', 'auto', state);
const inspectorModern = inspector('inspector modern', 'modern', state);
const clients = [
  sdkFirstLine,
  secondLegacy,
  secondAuto,
  remote,
  remoteAuto,
  inspector('inspector legacy', 'legacy', state),
  inspector('inspector auto', 'auto', state),
];
/** Every client on a server; the way in which they present their key alternates. */
const everyClient = (place: Omit<Row, 'client' | 'keyHeader'>, more: readonly InteropClient[] = []): Row[] =>
  [...clients, ...more].map((client, i) => ({ client, ...place, keyHeader: i % 2 === 0 ? 'authorization' : 'x-sluice-api-key' }));

const rows: readonly Row[] = [
  { client: sdkFirstLine, ...legacy, keyHeader: 'x-sluice-api-key' },
  ...everyClient(legacy),
  ...everyClient(sse),
  { client: secondAuto, ...dual, keyHeader: 'authorization' },
  { client: remoteAuto, ...dual, keyHeader: 'authorization' },
  { client: inspectorModern, ...dual, keyHeader: 'authorization' },
  ...everyClient(proxied, [inspectorModern]),
  ...everyClient(bridged),
];

/**
 * What the gateway itself keeps of a session of a legacy client dies with its process where only that process has the upstream's stream.
 * mcp-remote starts again by itself then. The inspector asks one question and ends: it is never there when something is lost.
 */
const lasting = [sdkFirstLine, secondLegacy, secondAuto, remote, remoteAuto];
const losses = [
  ...[legacy, modern, proxied, bridged].flatMap((place) => lasting.map((client) => ({ client, ...place, goesOn: true }))),
  ...[sdkFirstLine, secondLegacy].map((client) => ({ client, ...sse, goesOn: false })),
  ...[secondAuto, remote, remoteAuto].map((client) => ({ client, ...sse, goesOn: true })),
].map((loss) => ({ ...loss, destination: { url: loss.url, key: key.plain, keyHeader: 'authorization' as const } }));

try {
  const count = { passed: 0, failed: 0 };
  print(['server', 'client', 'key in', ...FEATURES.map((feature) => feature.name), 'credential']);
  for (const row of rows) {
    const verdicts = (await tryRow(row)).filter(({ isOffered = true }) => isOffered);
    const failed = verdicts.filter(({ fault }) => fault !== undefined).length;
    count.failed += failed;
    count.passed += verdicts.length - failed;
  }
  const alone = await proveUrlAlone(gateway, state);
  count.failed += alone.failed;
  count.passed += alone.passed;
  process.stdout.write('\nOne of two replicas is killed under clients that are connected to it:\n');
  for (const { bereaved, fault } of await loseReplica(gateway, losses)) {
    const wanted = bereaved.goesOn ? 'the session goes on' : 'the session ends, and the client starts again';
    print([bereaved.server, bereaved.client.name, fault === undefined ? '✓' : '✗', wanted]);
    if (fault !== undefined) process.stdout.write(`    ${fault}\n`);
    count[fault === undefined ? 'passed' : 'failed']++;
  }
  process.stdout.write(count.failed === 0 ? '\ninterop: every client does what it offers\n' : '\ninterop: see ✗ above\n');
  process.stdout.write(`tests: ${count.passed} passed, ${count.failed} failed, 0 skipped\n`);
  process.exitCode = count.failed === 0 ? 0 : 1;
} finally {
  await Promise.all([gateway.stop(), guarded.close(), fixture.close(), modernOnly.close()]);
  await Promise.all([everything, everythingSse, filesystem, memory].map((upstream) => upstream.close()));
  await Promise.all([state, files].map((directory) => rm(directory, { recursive: true, force: true })));
  clearTimeout(deadline);
}

async function tryRow({ client, server, url, surface, keyHeader }: Row): Promise<readonly Verdict[]> {
  const verdicts = await tryFeatures(() => client.connect({ url, key: key.plain, keyHeader }), surface);
  const wrong = guarded.takeFaults(key.plain);
  verdicts.push({ feature: 'credential', fault: wrong.length === 0 ? undefined : wrong.join(', ') });
  print([server, client.name, keyHeader, ...verdicts.map(toMark)]);
  for (const { feature, fault } of verdicts) if (fault !== undefined) process.stdout.write(`    ${feature}: ${fault}\n`);
  return verdicts;
}

function toMark({ fault, isOffered = true }: Verdict): string {
  if (!isOffered) return '–';
  return fault === undefined ? '✓' : '✗';
}

function print([first = '', second = '', third = '', ...cells]: readonly string[]): void {
  process.stdout.write(`${first.padEnd(17)}${second.padEnd(18)}${third.padEnd(18)}${cells.map((cell) => cell.padEnd(12)).join('')}\n`);
}
