import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { openMcpStream, openSession, sendMcp, toolCall } from '../support/mcp-request.ts';
import { startOwnGateway } from '../support/own-gateway.ts';
import { DIST, type DataPlane, type RunningGateway } from '../support/start-gateway.ts';
import { startStubbedServer } from '../support/stubbed-server.ts';
import { answerLegacy, openEventStream, type StubMcpServer } from '../support/upstreams/stub-mcp-server.ts';
import { World, type Key, type Server } from '../support/world.ts';

let gateway: RunningGateway;
let stub: StubMcpServer;
let server: Server;
let key: Key;

beforeAll(async () => {
  gateway = await startOwnGateway();
  ({ stub, server, key } = await startStubbedServer({}, await World.create(gateway)));
});

afterAll(async () => {
  await gateway.stop();
  await stub.close();
});

afterEach(() => stub.answer(answerLegacy));

const PING = { jsonrpc: '2.0', id: 5, method: 'ping' };

/** A data plane of its own that has the snapshot already. */
async function startDataPlane(env: Readonly<Record<string, string>> = {}): Promise<DataPlane> {
  const dataPlane = await gateway.startDataPlane({ env });
  await dataPlane.process.waitForEvent('snapshot_applied');
  return dataPlane;
}

/** Opens a call whose answer is a stream that the test writes to. */
async function openCall(dataPlane: DataPlane) {
  stub.answer(answerLegacy); // for the handshake, where a call was opened before
  const url = dataPlane.url + server.path;
  const session = await openSession(url, key.plain);
  const { promise: opened, resolve } = Promise.withResolvers<ServerResponse>();
  stub.answer((request, response) => {
    openEventStream(response);
    if (request.method === 'POST') resolve(response);
  });
  const stream = await openMcpStream(url, { key: key.plain, session, body: toolCall(2, 'slow') });
  return { stream, session, upstream: await opened };
}

describe('a data plane whose patience is a second', () => {
  let dataPlane: DataPlane;

  beforeAll(async () => {
    dataPlane = await startDataPlane({
      SLUICE_KEEP_ALIVE_SECONDS: '1',
      SLUICE_UPSTREAM_TIMEOUT_SECONDS: '1',
      SLUICE_SHUTDOWN_DEADLINE_SECONDS: '1',
    });
  });

  it('fills the silence of an upstream with comments, between events only', async () => {
    const { stream, upstream } = await openCall(dataPlane);
    expect(await stream.readUntil(': keepalive\n\n')).toBe(': keepalive\n\n');
    upstream.write('data: {"half":');
    await stream.readUntil('"half":');
    // A second stream on the same process shows that the time for a comment has come and gone.
    const other = await openCall(dataPlane);
    await other.stream.readUntil(': keepalive\n\n');
    upstream.end('true}\n\n');
    expect(await stream.readAll()).toContain('data: {"half":true}\n\n');
    other.upstream.end();
  });

  it('answers for an upstream that does not, with the id of the request', async () => {
    stub.answer(() => {});
    const answer = await sendMcp(dataPlane.url + server.path, { key: key.plain, body: PING });
    expect(answer.status).toBe(504);
    expect(answer.message()).toMatchObject({ id: 5, error: { code: -32603 } });
  });

  it('is told to stop, and cuts at the deadline what still runs', async () => {
    const { stream } = await openCall(dataPlane);
    dataPlane.process.kill('SIGTERM');
    await expect(stream.readAll()).rejects.toThrow(/terminated|closed|reset/);
    expect(await dataPlane.process.exited).toBe(0);
  });
});

describe('a data plane that is told to stop', () => {
  it('says that it is not ready, takes no new caller, ends streams on which nobody waits, and lets running calls finish', async () => {
    const dataPlane = await startDataPlane();
    const { stream, session, upstream } = await openCall(dataPlane);
    const standalone = await openMcpStream(dataPlane.url + server.path, { key: key.plain, session });
    expect((await fetch(`${dataPlane.adminUrl}/readyz`)).status).toBe(200);
    dataPlane.process.kill('SIGTERM');
    await dataPlane.process.waitForEvent('stopping');
    expect((await fetch(`${dataPlane.adminUrl}/readyz`)).status).toBe(503);
    await eventually(() => expect(fetch(dataPlane.url)).rejects.toThrow('fetch failed')); // once no more callers were waiting
    await standalone.readAll();
    upstream.write('data: {"jsonrpc":"2.0","method":"notifications/progress"}\n\n');
    await stream.readUntil('progress');
    upstream.end('data: {"jsonrpc":"2.0","id":2,"result":{}}\n\n');
    expect(await stream.readAll()).toContain('"result":{}');
    expect(await dataPlane.process.exited).toBe(0);
  });
});

describe.each(['1', '2'])('a data plane of %s that lets its balancers notice that it leaves', (workers) => {
  it('is not ready at once, answers on connections that it closes, and is hurried by a second signal', async () => {
    const dataPlane = await startDataPlane({ SLUICE_SHUTDOWN_DELAY_SECONDS: '600', SLUICE_WORKERS: workers });
    const url = dataPlane.url + server.path;
    const session = await openSession(url, key.plain);
    const ping = () => sendMcp(url, { key: key.plain, session, body: PING });
    expect((await ping()).headers['connection']).toBe('keep-alive');
    dataPlane.process.kill('SIGTERM');
    await dataPlane.process.waitForEvent('stopping');
    expect((await fetch(`${dataPlane.adminUrl}/readyz`)).status).toBe(503);
    await eventually(async () => expect(await ping()).toMatchObject({ status: 200, headers: { connection: 'close' } }));
    dataPlane.process.kill('SIGTERM');
    expect(await dataPlane.process.exited).toBe(0);
    await expect(fetch(dataPlane.url)).rejects.toThrow('fetch failed');
  });
});

describe('a data plane with several workers', () => {
  it('serves a session from each of them, and answers probes for all of them', async () => {
    const dataPlane = await startDataPlane({ SLUICE_WORKERS: '2' });
    const url = dataPlane.url + server.path;
    const session = await openSession(url, key.plain);
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => sendMcp(url, { key: key.plain, session, headers: { connection: 'close' }, body: PING })),
    );
    expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 8 }, () => 200));
    const readiness = (await (await fetch(`${dataPlane.adminUrl}/readyz`)).json()) as { isReady: boolean; revision: number };
    expect(readiness.isReady).toBe(true);
    const metrics = await (await fetch(`${dataPlane.adminUrl}/metrics`)).text();
    expect(metrics).toMatch(new RegExp(`^sluice_snapshot_revision ${readiness.revision}$`, 'm'));
    expect(metrics).toMatch(/^sluice_requests_total\{method="ping",outcome="completed"\} 8$/m);
    dataPlane.process.kill('SIGTERM');
    expect(await dataPlane.process.exited).toBe(0);
  });
});

describe('probes and logs', () => {
  it('say which revision decides and how old it is', async () => {
    const [replica] = gateway.replicas;
    const answer = await fetch(`${replica!.adminUrl}/readyz`);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      isReady: true,
      revision: expect.any(Number),
      ageSeconds: expect.any(Number),
      source: 'REDIS',
    });
    expect((await fetch(`${replica!.adminUrl}/healthz`)).status).toBe(200);
  });

  it('carry no key, no session id and no body', async () => {
    const [dataPlane] = gateway.dataPlanes;
    const url = gateway.replicas[0]!.url + server.path;
    const session = await openSession(url, key.plain);
    const secretive = { ...toolCall(2, 'echo', { text: 'a private matter' }) };
    await sendMcp(url, { key: key.plain, session, body: secretive });
    await dataPlane!.waitForEvent('request');
    const log = JSON.stringify(dataPlane!.log);
    for (const secret of [key.plain, session, 'a private matter']) expect(log).not.toContain(secret);
  });
});

describe('an environment that cannot be used', () => {
  it.each([
    ['data plane', 'data-plane/main.js'],
    ['control plane', 'control-plane/main.js'],
  ])('makes the %s say everything that is wrong, and exit with 78', async (_name, entry) => {
    const child = spawn(process.execPath, [`${DIST}/${entry}`], {
      env: { SLUICE_ENCRYPTION_KEYS: 'a:short', SLUICE_DATA_PLANE_PORT: '8o80', SLUICE_CONTROL_PLANE_PORT: '8o80' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number];
    expect(code).toBe(78);
    for (const variable of ['REDIS_URL', 'SLUICE_ENCRYPTION_KEYS', '_PORT']) expect(errors).toContain(variable);
    expect(errors).not.toContain('short');
  });
});
