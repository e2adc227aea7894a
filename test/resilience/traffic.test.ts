import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startRedis, type RunningRedis } from '../../embedded/redis.ts';
import { eventually } from '../support/eventually.ts';
import { sendMcp } from '../support/mcp-request.ts';
import { startOwnGateway } from '../support/own-gateway.ts';
import type { DataPlane, RunningGateway } from '../support/start-gateway.ts';
import { startStubbedServer } from '../support/stubbed-server.ts';
import type { StubMcpServer } from '../support/upstreams/stub-mcp-server.ts';
import { World, type Key, type Server } from '../support/world.ts';

let redis: RunningRedis;
let gateway: RunningGateway;
let stub: StubMcpServer;
let server: Server;
let key: Key;
let sql: Client;
let calls = 0;

beforeAll(async () => {
  let databaseUrl = '';
  redis = await startRedis();
  gateway = await startOwnGateway({
    redis: { url: redis.url, gateway: 'traffic' },
    database: async (url) => (databaseUrl = url),
    env: { SLUICE_WORKERS: '2' },
  });
  const world = await World.create(gateway);
  ({ stub, server, key } = await startStubbedServer({}, world));
  sql = new Client({ connectionString: databaseUrl });
  await sql.connect();
});
afterAll(async () => {
  await sql.end();
  await gateway.stop();
  await Promise.all([redis.stop(), stub.close()]);
});

async function call(url: string, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    const answer = await sendMcp(url + server.path, { key: key.plain, body: { jsonrpc: '2.0', id: ++calls, method: 'ping' } });
    expect(answer.status).toBe(200);
  }
}

/** Every call is in the log, and none of them twice. */
async function expectAllLogged(): Promise<void> {
  await eventually(async () => {
    const { rows } = await sql.query(`SELECT count(*)::int AS count FROM traffic_events WHERE method = 'ping' AND outcome = 'COMPLETED'`);
    expect(rows).toEqual([{ count: calls }]);
  });
  const { rows } = await sql.query(`SELECT count(*)::int AS count FROM traffic_events GROUP BY id HAVING count(*) > 1`);
  expect(rows).toEqual([]);
}

it('every interaction is logged once, whatever goes away meanwhile', async () => {
  const replica = await gateway.startDataPlane({ env: { SLUICE_WORKERS: '1' } });
  await replica.process.waitForEvent('snapshot_applied');
  for (const { url } of [...gateway.replicas, replica]) await call(url, 20);
  await expectAllLogged();

  await gateway.controlPlane.stop();
  for (const { url } of [...gateway.replicas, replica]) await call(url, 20);
  await gateway.startControlPlane();
  await expectAllLogged();

  await redis.stop();
  for (const { url } of [...gateway.replicas, replica]) await call(url, 20);
  await replica.process.stop();
  const successor: DataPlane = await gateway.startDataPlane({ stateDir: replica.stateDir, env: { SLUICE_WORKERS: '1' } });
  await call(successor.url, 20);
  const metrics = await (await fetch(`${successor.adminUrl}/metrics`)).text();
  expect(metrics).toMatch(/sluice_traffic_events_total \d+/);
  redis = await startRedis({ port: redis.port });
  await expectAllLogged();
});
