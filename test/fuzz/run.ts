// npm run fuzz -- --inputs 1000000 --seed 1 [--requests 2000]
import { parseArgs } from 'node:util';
import { eventStreams } from './event-streams.ts';
import { fuzz, type FuzzOptions } from './fuzz.ts';
import { openGatewayTarget } from './gateway.ts';
import { messages } from './messages.ts';
import { sessionIds } from './session-ids.ts';
import { upstreamResponses } from './upstream-responses.ts';

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    requests: { type: 'string', default: '2000' },
  },
});
const seed = Number(values.seed);

/** How much the heap may have grown at the end, in bytes: caches have their bounds, inputs leave nothing. */
const MAX_GROWTH_BYTES = 64 * 1024 * 1024;

async function run(what: string, options: Omit<FuzzOptions, 'seed' | 'onProgress'>): Promise<void> {
  const startedAt = performance.now();
  const finding = await fuzz({ ...options, seed, onProgress: (done) => process.stdout.write(`  ${done}\n`) });
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  process.stdout.write(`${what}: ${options.inputs} inputs, seed ${seed}, ${seconds} s: ${finding === undefined ? 'ok' : 'FOUND'}\n`);
  if (finding === undefined) return;
  process.stdout.write(`${finding.target}, seed ${finding.inputSeed}: ${finding.fault}\n`);
  process.exitCode = 1;
}

function heapBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

const before = heapBytes();
await run('readers', { targets: [messages, eventStreams, sessionIds, upstreamResponses], inputs: Number(values.inputs) });
const growth = heapBytes() - before;
process.stdout.write(`heap grew by ${(growth / 1024 / 1024).toFixed(1)} MiB\n`);
if (globalThis.gc !== undefined && growth > MAX_GROWTH_BYTES) process.exitCode = 1;

const gateway = await openGatewayTarget();
await run('gateway', { targets: [gateway], inputs: Number(values.requests) });
await gateway.close?.();
