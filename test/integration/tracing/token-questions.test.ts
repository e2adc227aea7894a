import { afterAll, beforeAll, expect, it } from 'vitest';
import { Tracing } from '../../../data-plane/telemetry/tracing.ts';
import { ControlPlaneClient } from '../../../data-plane/upstream/tokens/control-plane-client.ts';
import { UpstreamTokens } from '../../../data-plane/upstream/tokens/upstream-tokens.ts';
import { systemClock } from '../../../foundation/clock.ts';
import { openSampler } from '../../../foundation/otlp/sampler.ts';
import { startBridgeGateway, type BridgeGateway } from '../../support/bridge-gateway.ts';
import { eventually } from '../../support/eventually.ts';
import { initialize, modernRequest, sendMcp, toolCall, type McpRequest } from '../../support/mcp-request.ts';
import { toReceivedSpan, type ReceivedSpan } from '../../support/otlp-receiver.ts';
import { TestControlPlane } from '../../support/test-control-plane.ts';
import { connectionsDocument, testKeyRing } from '../../support/test-snapshot.ts';
import { answerLegacy, stubMcpServer, type StubMcpServer } from '../../support/upstreams/stub-mcp-server.ts';

const spans: ReceivedSpan[] = [];
const controlPlane = new TestControlPlane();
let tokens: UpstreamTokens;
let stub: StubMcpServer;
let gateway: BridgeGateway;
/** The token that the upstream takes. */
let accepted: string;

beforeAll(async () => {
  await controlPlane.start();
  stub = await stubMcpServer((request, response) => {
    if (request.headers.authorization !== `Bearer ${accepted}`) return void response.writeHead(401).end();
    return answerLegacy(request, response);
  });
  const keyRing = testKeyRing();
  const client = new ControlPlaneClient({ keyRing, clock: systemClock, findUrl: () => controlPlane.url });
  tokens = new UpstreamTokens({ keyRing, clock: systemClock, readStored: async () => null, controlPlane: client });
  const sampler = openSampler({ name: 'parentbased_always_on', ratio: 1 });
  const server = { upstreamUrl: stub.url, authentication: 'OAUTH' as const };
  gateway = await startBridgeGateway({
    servers: { legacy: server, modern: server },
    documents: ['legacy', 'modern'].map((slug) => connectionsDocument(`mcps_${slug}`, [{ id: `con_${slug}`, subjectId: 'org_1' }])),
    tokens,
    tracing: new Tracing('header', { sampler, add: (span) => void spans.push(toReceivedSpan(JSON.parse(span))) }),
  });
});
afterAll(async () => {
  await gateway.close();
  await tokens.close();
  await stub.close();
  controlPlane.kill();
});

const urlOf = (server: string) => gateway.processes[0]!.url(server);

/** Sends in a trace of its own, and expects that the one question of it is part of that trace. */
async function send(server: string, request: McpRequest, trace: string) {
  controlPlane.traceparents.splice(0);
  const headers = { ...request.headers, traceparent: `00-${trace.repeat(32)}-${'f'.repeat(16)}-01` };
  const answer = await sendMcp(urlOf(server), { key: gateway.key, ...request, headers });
  expect(answer.status).toBe(200);
  const whole = await eventually(async () => {
    const found = spans.find(({ traceId, kind }) => kind === 2 && traceId === trace.repeat(32));
    return found ?? Promise.reject(new Error('the call is not recorded yet'));
  });
  const parts = spans.filter(({ parentSpanId }) => parentSpanId === whole.spanId);
  expect(controlPlane.traceparents).toHaveLength(1);
  expect([whole, ...parts].map(({ spanId }) => `00-${trace.repeat(32)}-${spanId}-01`)).toContain(controlPlane.traceparents[0]);
  return answer;
}

it('what the control plane is asked for a call is asked in its trace: where there is no token, and where it is refused', async () => {
  accepted = controlPlane.accessToken;
  const opened = await send('legacy', { body: initialize() }, 'a');
  accepted = `token-${controlPlane.serial + 1}`;
  await send('legacy', { session: String(opened.headers['mcp-session-id']), body: toolCall(2, 'find') }, 'b');
});

it('also where the gateway asks the upstream in words of its own', async () => {
  accepted = controlPlane.accessToken;
  await send('modern', modernRequest(1, 'tools/call', { name: 'find', arguments: {} }), 'c');
  accepted = `token-${controlPlane.serial + 1}`;
  await send('modern', modernRequest(2, 'tools/call', { name: 'find', arguments: {} }), 'd');
});
