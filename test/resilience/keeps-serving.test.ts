import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RedisKeys } from '../../contract/redis-keys.ts';
import { hashDocument, type Manifest } from '../../contract/snapshot.ts';
import { startRedis, type RunningRedis } from '../../embedded/redis.ts';
import { eventually } from '../support/eventually.ts';
import { openMcpStream, openSession, sendMcp, toolCall } from '../support/mcp-request.ts';
import { startOwnGateway } from '../support/own-gateway.ts';
import type { RunningGateway } from '../support/start-gateway.ts';
import { startStubbedServer } from '../support/stubbed-server.ts';
import { startTcpGate, type TcpGate } from '../support/tcp-gate.ts';
import { answerLegacy, openEventStream, type StubMcpServer } from '../support/upstreams/stub-mcp-server.ts';
import { World, type Key, type Server } from '../support/world.ts';

const GATEWAY = 'resilience';
const PING = { jsonrpc: '2.0', id: 5, method: 'ping' };

let databaseDoor: TcpGate;
let redis: RunningRedis;
let gateway: RunningGateway;
let world: World;
let stub: StubMcpServer;
let server: Server;
let key: Key;

beforeAll(async () => {
  redis = await startRedis();
  gateway = await startOwnGateway({
    replicas: 2,
    redis: { url: redis.url, gateway: GATEWAY },
    database: async (url) => {
      const { hostname, port } = new URL(url);
      databaseDoor = await startTcpGate({ host: hostname, port: Number(port) });
      return url.replace(`:${port}/`, `:${databaseDoor.port}/`);
    },
  });
  world = await World.create(gateway);
  ({ stub, server, key } = await startStubbedServer({}, world));
});

afterAll(async () => {
  await gateway.stop();
  await Promise.all([databaseDoor.close(), redis.stop(), stub.close()]);
});

async function expectServed(): Promise<void> {
  for (const replica of gateway.replicas) {
    expect((await sendMcp(replica.url + server.path, { key: key.plain, body: PING })).status).toBe(200);
  }
}

/** A change that is made now reaches the data planes: the way from the API to them works. */
async function expectChangesArrive(): Promise<void> {
  const fresh = await eventually(() => world.addKey());
  await eventually(() => world.enforced());
  for (const replica of gateway.replicas) {
    expect((await sendMcp(replica.url + server.path, { key: fresh.plain, body: PING })).status).toBe(200);
  }
}

describe('keeps serving while', () => {
  it('PostgreSQL is gone: mutations fail with nothing written, and work again when it is back', async () => {
    databaseDoor.shut();
    await expectServed();
    await expect(world.addKey()).rejects.toThrow('INTERNAL');
    await eventually(async () => expect((await fetch(`${gateway.controlPlaneUrl}/readyz`)).status).toBe(503));
    for (const replica of gateway.replicas) expect((await fetch(`${replica.adminUrl}/readyz`)).status).toBe(200);
    databaseDoor.open();
    await eventually(async () => expect((await fetch(`${gateway.controlPlaneUrl}/readyz`)).status).toBe(200));
    await expectChangesArrive();
  });

  it('Redis is gone: calls go on from memory, and a data plane that starts takes the last good snapshot from disk', async () => {
    const survivor = await gateway.startDataPlane();
    await survivor.process.waitForEvent('snapshot_applied');
    await survivor.process.stop();
    await redis.stop();
    await expectServed();
    for (const replica of gateway.replicas) {
      await eventually(async () => {
        const readiness = (await (await fetch(`${replica.adminUrl}/readyz`)).json()) as { isReady: boolean; ageSeconds: number };
        expect(readiness.isReady).toBe(true);
        expect(readiness.ageSeconds).toBeGreaterThanOrEqual(1);
      });
    }
    const started = await gateway.startDataPlane({ stateDir: survivor.stateDir });
    expect((await sendMcp(started.url + server.path, { key: key.plain, body: PING })).status).toBe(200);
    expect(await (await fetch(`${started.adminUrl}/readyz`)).json()).toMatchObject({ isReady: true, source: 'LAST_GOOD_FILE' });
    await started.process.stop();
  });

  it('Redis comes back empty: everything is published again, and changes arrive', async () => {
    redis = await startRedis({ port: redis.port });
    await expectServed();
    await expectChangesArrive();
  });

  it('a document in Redis is corrupt: the old snapshot stays, the refusal is reported, and the next revision mends it', async () => {
    await publishBroken((manifest) => ({ ...manifest, documents: { ...manifest.documents, [`server:${server.id}`]: BROKEN_HASH } }));
    await expectRefusalAndRecovery();
  });

  it('a snapshot is of a newer format: the old one stays, the refusal is reported, and the next revision mends it', async () => {
    await publishBroken((manifest) => ({ ...manifest, format: 99 }));
    await expectRefusalAndRecovery();
  });

  it('a replica is killed: its streams break, its sessions go on on another one', async () => {
    const doomed = await gateway.startDataPlane();
    await doomed.process.waitForEvent('snapshot_applied');
    const session = await openSession(doomed.url + server.path, key.plain);
    stub.answer((_request, response) => openEventStream(response));
    const stream = await openMcpStream(doomed.url + server.path, { key: key.plain, session, body: toolCall(2, 'slow') });
    stub.answer(answerLegacy);
    doomed.process.kill('SIGKILL');
    await expect(stream.readAll()).rejects.toThrow(/terminated|closed|reset/);
    const answer = await sendMcp(gateway.replicas[0]!.url + server.path, { key: key.plain, session, body: PING });
    expect(answer.status).toBe(200);
  });

  it('the control plane is gone: calls and sessions go on, and changes arrive when there is one again', async () => {
    const session = await openSession(server.url, key.plain);
    gateway.controlPlane.kill('SIGKILL');
    await gateway.controlPlane.exited;
    await expectServed();
    expect((await sendMcp(server.url, { key: key.plain, session, body: PING })).status).toBe(200);
    for (const replica of gateway.replicas) expect((await fetch(`${replica.adminUrl}/readyz`)).status).toBe(200);
    const successor = await gateway.startControlPlane();
    world = world.through(`http://127.0.0.1:${successor.port}`);
    await expectChangesArrive();
  });
});

const BROKEN_HASH = hashDocument('{"kind":"server","id":');

/** Puts a revision in force that no data plane can use, as a publisher with a fault would. */
async function publishBroken(spoil: (manifest: Manifest) => Manifest): Promise<void> {
  const client = new Redis(redis.url);
  const keys = new RedisKeys(GATEWAY);
  const current = Number(await client.get(keys.revision()));
  const manifest = JSON.parse((await client.get(keys.manifest(current))) ?? '') as Manifest;
  const revision = current + 1;
  await client.set(keys.document(BROKEN_HASH), '{"kind":"server","id":');
  await client.set(keys.manifest(revision), JSON.stringify({ ...spoil(manifest), revision }));
  await client.set(keys.revision(), revision);
  await client.spublish(keys.changed(), String(revision));
  await client.quit();
}

async function expectRefusalAndRecovery(): Promise<void> {
  await eventually(async () => {
    const reports = await world.readGateways();
    expect(reports.filter((report) => report.refused !== null).length).toBeGreaterThanOrEqual(gateway.replicas.length);
  });
  const readiness = await (await fetch(`${gateway.replicas[0]!.adminUrl}/readyz`)).json();
  expect(readiness).toMatchObject({ isReady: true, refused: { revision: expect.any(Number), reason: expect.any(String) } });
  await expectServed();
  await expectChangesArrive();
  const reports = await world.readGateways();
  expect(reports.filter((report) => report.refused !== null)).toEqual([]);
}
