// npm run idle-streams -- [--streams 1000]
// What a stream costs that is open and carries nothing, in every pairing of eras and transports, in one data plane.
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startLaneGateway } from '../support/lane-gateway.ts';
import { modernRequest, openMcpStream, openSession, type McpStream } from '../support/mcp-request.ts';
import { startFixtureServer } from '../support/upstreams/fixture-server.ts';
import { startSseFixtureServer } from '../support/upstreams/sse-fixture-server.ts';
import { World, type Server } from '../support/world.ts';
import { OBSERVABLE, readCpuMs, readUsage } from './plane-usage.ts';

const { values } = parseArgs({ options: { streams: { type: 'string', default: '1000' } } });
const count = Number(values.streams);
if (!(count > 0)) throw new Error('--streams is a number above 0.');

/** How many streams are opened at once. */
const AT_ONCE = 50;

/** How many streams warm each pairing up: code that runs for the first time costs memory for good. */
const WARM_UP = 20;

/** How long rest is watched, in milliseconds, with a comment on every stream in it; and how long streams may take to end. */
const REST_MS = 6_000;
const KEEP_ALIVE_SECONDS = '5';
const ENDING_MS = 1_500;

/** What a stream may cost at most: memory in bytes, and all of them together in percent of a core. */
const MAX_STREAM_BYTES = 30_000;
const MAX_REST_PERCENT = 5;

const gateway = await startLaneGateway({
  replicas: 1,
  env: {
    ...OBSERVABLE,
    SLUICE_ACCESS_LOG: 'off',
    SLUICE_KEEP_ALIVE_SECONDS: KEEP_ALIVE_SECONDS,
    SLUICE_MAX_SESSIONS_PER_CALLER: '1000000',
  },
});
const world = await World.create(gateway);
const key = await world.addKey();
const upstreams = [
  await startFixtureServer({ eras: 'legacy' }),
  await startFixtureServer({ eras: 'modern' }),
  await startSseFixtureServer(),
];
const [legacy, modern, sse] = await Promise.all(
  upstreams.map(({ url }, i) => world.addServer({ upstreamUrl: url, ...(i === 2 && { transport: 'SSE' }) })),
);
await world.enforced();
const plane = gateway.dataPlanes[0]!;

const pairings: readonly (readonly [name: string, open: (id: number) => Promise<McpStream>])[] = [
  ['legacy client, legacy upstream', () => get(legacy!)],
  ['modern client, modern upstream', (id) => listen(modern!, id)],
  ['legacy client, modern upstream', () => get(modern!)],
  ['modern client, legacy upstream', (id) => listen(legacy!, id)],
  ['legacy client, HTTP with SSE', () => get(sse!)],
  ['modern client, HTTP with SSE', (id) => listen(sse!, id)],
];
const faults: string[] = [];
for (const [name, open] of pairings) await measurePairing(name, open);
for (const fault of faults) process.stdout.write(`idle-streams: ${fault}\n`);
if (faults.length === 0) process.stdout.write('idle-streams: they are cheap in every pairing\n');
await gateway.stop();
await Promise.all(upstreams.map((upstream) => upstream.close()));
process.exit(faults.length === 0 ? 0 : 1);

async function get({ path }: Server): Promise<McpStream> {
  const url = gateway.replicas[0]!.url + path;
  return openMcpStream(url, { key: key.plain, session: await openSession(url, key.plain) });
}

function listen({ path }: Server, id: number): Promise<McpStream> {
  const request = modernRequest(id, 'subscriptions/listen', { notifications: { toolsListChanged: true } });
  return openMcpStream(gateway.replicas[0]!.url + path, { key: key.plain, ...request });
}

async function measurePairing(name: string, open: (id: number) => Promise<McpStream>): Promise<void> {
  leave(await openMany(open, WARM_UP));
  await delay(ENDING_MS);
  const before = await readUsage(plane);
  const streams = await openMany(open, count);
  const refused = streams.filter(({ status }) => status !== 200).length;
  const bytes = ((await readUsage(plane)).bytes - before.bytes) / count;
  const cpuMs = readCpuMs(plane);
  await delay(REST_MS);
  const percent = ((readCpuMs(plane) - cpuMs) / REST_MS) * 100;
  process.stdout.write(`${name}: ${count} streams, ${(bytes / 1_000).toFixed(1)} KB each, all at rest ${percent.toFixed(1)} % of a core\n`);
  if (refused > 0) faults.push(`${name}: ${refused} were refused`);
  if (bytes > MAX_STREAM_BYTES) faults.push(`${name}: more than ${MAX_STREAM_BYTES / 1_000} KB each`);
  if (percent > MAX_REST_PERCENT) faults.push(`${name}: more than ${MAX_REST_PERCENT} % of a core at rest`);
  leave(streams);
  await delay(ENDING_MS);
}

async function openMany(open: (id: number) => Promise<McpStream>, many: number): Promise<McpStream[]> {
  const streams: McpStream[] = [];
  for (let from = 0; from < many; from += AT_ONCE) {
    const ids = Array.from({ length: Math.min(AT_ONCE, many - from) }, (_, i) => from + i);
    streams.push(...(await Promise.all(ids.map(open))));
  }
  return streams;
}

function leave(streams: readonly McpStream[]): void {
  for (const stream of streams) stream.leave();
}
