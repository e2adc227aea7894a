import { EventEmitter } from 'node:events';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RateLimit } from '../../../contract/rate-limit.ts';
import { RedisKeys } from '../../../contract/redis-keys.ts';
import { RedisCounts } from '../../../data-plane/limits/redis-counts.ts';
import { RateLimiter, type WithoutRedis } from '../../../data-plane/limits/rate-limiter.ts';
import type { SharedCounts } from '../../../data-plane/limits/shared-counts.ts';
import type { McpMessage } from '../../../data-plane/mcp/message.ts';
import type { Caller } from '../../../data-plane/request/caller.ts';
import type { Exchange } from '../../../data-plane/request/exchange.ts';
import type { Target } from '../../../data-plane/request/target.ts';
import type { RoutingTable } from '../../../data-plane/snapshot/routing-table.ts';
import { eventually } from '../../support/eventually.ts';
import { routingTableOf } from '../../support/routing-table.ts';
import { startTestRedis, type TestRedis } from '../../support/test-redis.ts';
import { serverDocument, workspaceDocument } from '../../support/test-snapshot.ts';

let redis: TestRedis;
const clients: Redis[] = [];
const limiters: RateLimiter[] = [];
let lastLimit = 0;

beforeAll(async () => {
  redis = await startTestRedis();
});
afterAll(async () => {
  for (const limiter of limiters) limiter.close();
  for (const client of clients) client.disconnect();
  await redis.stop();
});

const CALLER: Caller = { kind: 'API_KEY', id: 'user:usr_1', keyId: 'key_1', lookup: 'one', subject: { kind: 'USER', userId: 'usr_1' } };
const SERVICE: Caller = { kind: 'API_KEY', id: 'key:key_2', keyId: 'key_2', lookup: 'two', subject: { kind: 'SERVICE' } };

function toolCall(name = 'add'): McpMessage {
  return { kind: 'request', era: 'legacy', method: 'tools/call', id: 1, name, params: {} };
}

/** A limit of its own, so that tests do not count together. */
function limit(rest: Partial<RateLimit>): RateLimit {
  return { id: `lim_${++lastLimit}`, countBy: [], ...rest };
}

/** One process of a gateway. */
function openProcess(counts?: SharedCounts, withoutRedis: WithoutRedis = 'share'): RateLimiter {
  const client = new Redis(redis.url);
  clients.push(client);
  const shared = counts ?? new RedisCounts(client, new RedisKeys(redis.gateway));
  const limiter = new RateLimiter({ counts: shared, clock: { nowMs: () => Date.now() }, withoutRedis, workers: 1 });
  limiters.push(limiter);
  return limiter;
}

interface Place {
  readonly table: RoutingTable;
  readonly targets: readonly Target[];
}

function place(...limits: RateLimit[]): Place {
  const table = routingTableOf([
    workspaceDocument('acme', ['docs', 'mail']),
    serverDocument('docs'),
    serverDocument('mail'),
    { kind: 'limits', organizationId: 'org_1', limits },
  ]);
  const workspace = table.findWorkspace('acme')!;
  const targets = ['docs', 'mail'].map((slug) => {
    const route = workspace.findRoute(slug)!;
    return { workspace, route, server: table.findServer(route.serverId)! };
  });
  return { table, targets };
}

interface Attempt {
  readonly reason: string | undefined;
  readonly retryAfterMs: number | undefined;
  end(): void;
}

async function attempt(
  limiter: RateLimiter,
  { table, targets }: Place,
  options: { message?: McpMessage; caller?: Caller; server?: number; isRelayed?: boolean } = {},
): Promise<Attempt> {
  const res = Object.assign(new EventEmitter(), { closed: false });
  const { message = toolCall(), caller = CALLER, server = 0, isRelayed = false } = options;
  const exchange = { isRelayed, message, res, startedAtMs: Date.now() } as unknown as Exchange;
  const outcome = await limiter.admit(table, exchange, targets[server]!, caller);
  const rejection = outcome?.ok === false ? outcome.error : undefined;
  const retryAfterMs = rejection !== undefined && 'retryAfterMs' in rejection ? rejection.retryAfterMs : undefined;
  return { reason: rejection?.reason, retryAfterMs, end: () => void res.emit('close') };
}

const AWAY: SharedCounts = {
  processes: 3,
  admit: () => Promise.reject(new Error('away')),
  release: () => Promise.reject(new Error('away')),
  renew: () => Promise.reject(new Error('away')),
};

describe('a limit of requests', () => {
  it('is exact over two processes that are asked at once', async () => {
    const processes = [openProcess(), openProcess()];
    const world = place(limit({ rate: { maxRequests: 25, windowMs: 60_000 } }));
    const outcomes = await Promise.all(Array.from({ length: 100 }, (_, i) => attempt(processes[i % 2]!, world)));
    expect(outcomes.filter(({ reason }) => reason === undefined)).toHaveLength(25);
    expect(outcomes.find(({ reason }) => reason !== undefined)).toMatchObject({ reason: 'rate_limited' });
  });

  it('never lets more through in any window, and frees what was used at most a tenth of it later', async () => {
    const limiter = openProcess();
    const [max, windowMs] = [5, 400];
    const world = place(limit({ rate: { maxRequests: max, windowMs } }));
    const admitted: number[] = [];
    let lastPause = 0;
    await eventually(async () => {
      const { reason, retryAfterMs } = await attempt(limiter, world);
      if (reason === undefined) admitted.push(Date.now());
      else lastPause = retryAfterMs!;
      expect(admitted.length).toBeGreaterThan(3 * max);
    });
    // The clock of the test runs a little after that of Redis.
    for (const [i, at] of admitted.entries()) if (i >= max) expect(at - admitted[i - max]!).toBeGreaterThan(windowMs - 50);
    expect(lastPause).toBeGreaterThan(0);
    expect(lastPause).toBeLessThanOrEqual(windowMs * 1.1);
  });

  it('counts each request of a batch, and all of a call or nothing', async () => {
    const limiter = openProcess();
    const tools = limit({ rate: { maxRequests: 3, windowMs: 60_000 }, toolName: 'add', serverId: 'mcps_docs' });
    const world = place(limit({ rate: { maxRequests: 100, windowMs: 60_000 } }), tools);
    const elements = [toolCall(), toolCall(), toolCall('other'), { ...toolCall(), kind: 'notification' as const }];
    const message: McpMessage = { kind: 'batch', era: 'legacy', method: undefined, id: undefined, name: undefined, elements };
    expect(await attempt(limiter, world, { message })).toMatchObject({ reason: undefined });
    expect(await attempt(limiter, world, { message })).toMatchObject({ reason: 'rate_limited' });
    expect(await attempt(limiter, world)).toMatchObject({ reason: undefined });
    expect(await attempt(limiter, world)).toMatchObject({ reason: 'rate_limited' });
    expect(await attempt(limiter, world, { message: toolCall('other') })).toMatchObject({ reason: undefined });
  });

  it.each([
    ['USER', { caller: SERVICE }],
    ['API_KEY', { caller: { ...CALLER, keyId: 'key_9' } }],
    ['MCP_SERVER', { server: 1 }],
    ['TOOL', { message: toolCall('other') }],
  ] as const)('by %s has a count for each', async (dimension, other) => {
    const limiter = openProcess();
    const world = place(limit({ rate: { maxRequests: 1, windowMs: 60_000 }, countBy: [dimension] }));
    expect(await attempt(limiter, world)).toMatchObject({ reason: undefined });
    expect(await attempt(limiter, world, other)).toMatchObject({ reason: undefined });
    expect(await attempt(limiter, world)).toMatchObject({ reason: 'rate_limited' });
    expect(await attempt(limiter, world, other)).toMatchObject({ reason: 'rate_limited' });
  });

  it.each([
    ['another person', { userId: 'usr_2' }],
    ['another key', { apiKeyId: 'key_9' }],
    ['another server', { serverId: 'mcps_mail' }],
    ['another workspace', { workspaceId: 'ws_other' }],
  ] as const)('of %s does not count, and costs no round trip', async (_name, rest) => {
    const limiter = openProcess({ ...AWAY, admit: () => Promise.reject(new Error('asked')) }, 'refuse');
    expect(await attempt(limiter, place(limit({ rate: { maxRequests: 1, windowMs: 60_000 }, ...rest })))).toMatchObject({
      reason: undefined,
    });
  });

  it('is counted where the request arrived, not again where it is served', async () => {
    const limiter = openProcess(AWAY, 'refuse');
    const world = place(limit({ rate: { maxRequests: 1, windowMs: 60_000 } }));
    expect(await attempt(limiter, world, { isRelayed: true })).toMatchObject({ reason: undefined });
  });
});

describe('a limit of calls at once', () => {
  it('is exact over two processes, and a call that ends makes room', async () => {
    const processes = [openProcess(), openProcess()];
    const world = place(limit({ maxConcurrent: 4 }));
    const outcomes = await Promise.all(Array.from({ length: 20 }, (_, i) => attempt(processes[i % 2]!, world)));
    const running = outcomes.filter(({ reason }) => reason === undefined);
    expect(running).toHaveLength(4);
    expect(outcomes.find(({ reason }) => reason !== undefined)).toMatchObject({ reason: 'concurrency_limited', retryAfterMs: 1_000 });
    running[0]!.end();
    await eventually(async () => expect(await attempt(processes[1]!, world)).toMatchObject({ reason: undefined }));
    expect(await attempt(processes[0]!, world)).toMatchObject({ reason: 'concurrency_limited' });
  });

  it('falls free by itself when the process that held it is gone', async () => {
    const only = limit({ maxConcurrent: 1 });
    const client = new Redis(redis.url);
    clients.push(client);
    const key = new RedisKeys(redis.gateway).limitSlots(only.id);
    await client.zadd(key, Date.now() - 1, 'a call of a dead process');
    expect(await attempt(openProcess(), place(only))).toMatchObject({ reason: undefined });
    expect(await client.zcard(key)).toBe(1);
    expect(await client.pttl(key)).toBeGreaterThan(0);
  });

  it('is not held by a subscription', async () => {
    const limiter = openProcess();
    const world = place(limit({ maxConcurrent: 1 }));
    const message: McpMessage = { kind: 'request', era: 'modern', method: 'subscriptions/listen', id: 1, name: undefined };
    expect(await attempt(limiter, world, { message })).toMatchObject({ reason: undefined });
    expect(await attempt(limiter, world)).toMatchObject({ reason: undefined });
  });
});

describe('while Redis is away', () => {
  const world = (rest: Partial<RateLimit>) => place(limit(rest));

  it('a process enforces its share of a limit', async () => {
    const limiter = openProcess(AWAY);
    const rated = world({ rate: { maxRequests: 9, windowMs: 60_000 } });
    const outcomes = [];
    for (let i = 0; i < 9; i++) outcomes.push((await attempt(limiter, rated)).reason);
    expect(outcomes.filter((reason) => reason === undefined)).toHaveLength(3);
    const slots = world({ maxConcurrent: 2 });
    const first = await attempt(limiter, slots);
    expect([first.reason, (await attempt(limiter, slots)).reason]).toEqual([undefined, 'concurrency_limited']);
    first.end();
    expect(await attempt(limiter, slots)).toMatchObject({ reason: undefined });
  });

  it('calls with a limit are refused, or not limited, where the operator wants that', async () => {
    const rated = world({ rate: { maxRequests: 1, windowMs: 60_000 } });
    expect(await attempt(openProcess(AWAY, 'refuse'), rated)).toMatchObject({ reason: 'limits_unavailable' });
    const ignoring = openProcess(AWAY, 'ignore');
    expect([(await attempt(ignoring, rated)).reason, (await attempt(ignoring, rated)).reason]).toEqual([undefined, undefined]);
  });

  it('is not asked again by every call', async () => {
    let asked = 0;
    const limiter = openProcess({ ...AWAY, admit: () => Promise.reject(new Error(`asked ${++asked} times`)) });
    const rated = world({ rate: { maxRequests: 30, windowMs: 60_000 } });
    for (let i = 0; i < 5; i++) await attempt(limiter, rated);
    expect(asked).toBe(1);
  });
});
