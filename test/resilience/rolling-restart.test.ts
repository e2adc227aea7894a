import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { openSession, sendMcp, toolCall } from '../support/mcp-request.ts';
import { startOwnGateway } from '../support/own-gateway.ts';
import { startRoundRobin, type RoundRobin } from '../support/round-robin.ts';
import type { DataPlane, RunningGateway } from '../support/start-gateway.ts';
import { startStubbedServer } from '../support/stubbed-server.ts';
import type { StubMcpServer } from '../support/upstreams/stub-mcp-server.ts';
import { World, type Key, type Server } from '../support/world.ts';

/** How often the balancer asks a replica whether it is ready, in milliseconds. */
const CHECK_MS = 50;

/** Callers, each of which makes one call after the other. */
const CALLERS = 8;

let gateway: RunningGateway;
let stub: StubMcpServer;
let server: Server;
let key: Key;
let balancer: RoundRobin;
let replicas: DataPlane[];
/** Those that the balancer sends requests to. */
let followed: DataPlane[] = [];
let following: Promise<void>;
const leaving = new AbortController();

/** A replica that takes requests for a second after it was told to stop. */
function startReplica(workers: string): Promise<DataPlane> {
  return gateway.startDataPlane({ env: { SLUICE_SHUTDOWN_DELAY_SECONDS: '1', SLUICE_WORKERS: workers } });
}

function isReady({ adminUrl }: DataPlane): Promise<boolean> {
  return fetch(`${adminUrl}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** The balancer sends requests to those that say that they are ready. A request that fails is not sent to another one. */
async function followReadiness(): Promise<void> {
  while (!leaving.signal.aborted) {
    const states = await Promise.all(replicas.map(async (replica) => ({ replica, ready: await isReady(replica) })));
    followed = states.filter(({ ready }) => ready).map(({ replica }) => replica);
    balancer.setTargets(followed.map(({ url }) => url));
    await delay(CHECK_MS);
  }
}

async function untilAllAreFollowed(): Promise<void> {
  await eventually(async () => expect(followed).toEqual(replicas));
}

beforeAll(async () => {
  gateway = await startOwnGateway();
  ({ stub, server, key } = await startStubbedServer({}, await World.create(gateway)));
  replicas = await Promise.all([startReplica('1'), startReplica('2')]);
  balancer = await startRoundRobin();
  following = followReadiness();
  await untilAllAreFollowed();
});

afterAll(async () => {
  leaving.abort();
  await following;
  await balancer.close();
  await gateway.stop();
  await stub.close();
});

describe('replicas that are restarted one after the other', () => {
  it('fail no call of a client behind a balancer that follows /readyz', async () => {
    const url = balancer.url + server.path;
    const session = await openSession(url, key.plain);
    const calling = { isOver: false, answered: 0, failures: [] as unknown[] };
    const call = async (): Promise<void> => {
      while (!calling.isOver) {
        const answer = await sendMcp(url, { key: key.plain, session, body: toolCall(1, 'echo') });
        if (answer.status === 200) calling.answered++;
        else calling.failures.push(answer.status);
      }
    };
    const callers = Array.from({ length: CALLERS }, () => call().catch((cause: unknown) => calling.failures.push(cause)));
    for (const [index, workers] of ['1', '2'].entries()) {
      const before = calling.answered;
      replicas[index]!.process.kill('SIGTERM');
      expect(await replicas[index]!.process.exited).toBe(0);
      expect(calling.answered).toBeGreaterThan(before);
      replicas[index] = await startReplica(workers);
      await untilAllAreFollowed();
    }
    calling.isOver = true;
    await Promise.all(callers);
    expect(calling.failures).toEqual([]);
  });
});
