import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../foundation/clock.ts';
import { ControlPlaneClient } from '../../data-plane/upstream/tokens/control-plane-client.ts';
import { UpstreamTokens } from '../../data-plane/upstream/tokens/upstream-tokens.ts';
import { startBridgeGateway } from '../support/bridge-gateway.ts';
import { sendMcp } from '../support/mcp-request.ts';
import { TestControlPlane } from '../support/test-control-plane.ts';
import { connectionsDocument, testKeyRing } from '../support/test-snapshot.ts';
import { answerLegacy, stubMcpServer, type StubMcpServer } from '../support/upstreams/stub-mcp-server.ts';

const CALLS = 1_000;

let controlPlane: TestControlPlane;
let stub: StubMcpServer;
let tokens: UpstreamTokens;

beforeAll(async () => {
  controlPlane = new TestControlPlane();
  await controlPlane.start();
  stub = await stubMcpServer();
  const keyRing = testKeyRing();
  const client = new ControlPlaneClient({ keyRing, clock: systemClock, findUrl: () => controlPlane.url });
  tokens = new UpstreamTokens({ keyRing, clock: systemClock, readStored: async () => null, controlPlane: client });
});

afterAll(async () => {
  await tokens.close();
  await stub.close();
  controlPlane.kill();
});

/** Two processes that have a token which the upstream does not take any longer; then as many calls at once. */
async function storm(): Promise<{ readonly failures: readonly string[]; readonly refreshes: number; readonly questions: number }> {
  const servers = { drive: { upstreamUrl: stub.url, authentication: 'OAUTH' as const } };
  const documents = [connectionsDocument('mcps_drive', [{ id: 'con_drive', subjectId: 'org_1' }])];
  const gateway = await startBridgeGateway({ servers, documents, tokens, processes: 2 });
  const urls = gateway.processes.map((process) => process.url('drive'));
  const call = (url: string) => sendMcp(url, { key: gateway.key, body: { jsonrpc: '2.0', id: 1, method: 'ping' } });
  stub.answer(answerLegacy);
  for (const url of urls) await call(url);

  const expired = controlPlane.accessToken;
  stub.answer((request, response) => {
    const token = request.headers.authorization?.replace('Bearer ', '');
    if (token === expired || token !== controlPlane.accessToken) return void response.writeHead(401).end();
    return answerLegacy(request, response);
  });
  const before = { refreshes: controlPlane.refreshes, questions: controlPlane.questions };
  const answers = await Promise.all(Array.from({ length: CALLS }, (_, i) => call(urls[i % urls.length]!)));
  await gateway.close();
  const failed = answers.filter(({ status, body }) => status !== 200 || body.includes('"error"'));
  const failures = failed.map(({ status, body }) => `${status} ${body.toString()}`);
  return { failures, refreshes: controlPlane.refreshes - before.refreshes, questions: controlPlane.questions - before.questions };
}

describe(`${CALLS} calls over two data planes whose token the upstream does not take any longer`, () => {
  it('cost one refresh and one question of each, and none of them fails', async () => {
    controlPlane.onRefresh = () => delay(200);
    expect(await storm()).toEqual({ failures: [], refreshes: 1, questions: 2 });
    expect(controlPlane.forged).toBe(0);
  });

  it('get over a control plane that is killed in the middle of the refresh and comes back', async () => {
    const killed = Promise.withResolvers<void>();
    controlPlane.onRefresh = async () => {
      controlPlane.kill();
      killed.resolve();
      await delay(300);
    };
    const back = killed.promise.then(() => delay(500)).then(() => controlPlane.start());
    const { failures, refreshes } = await storm();
    await back;
    expect({ failures, refreshes }).toEqual({ failures: [], refreshes: 1 });
  });
});
