import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiClient } from '../support/api-client.ts';
import { eventually } from '../support/eventually.ts';
import { modernRequest, openSession, sendMcp, toolCall } from '../support/mcp-request.ts';
import { withDiscover } from '../support/modern-stub.ts';
import { startOtlpReceiver, type OtlpReceiver } from '../support/otlp-receiver.ts';
import { startOwnGateway } from '../support/own-gateway.ts';
import type { RunningGateway } from '../support/start-gateway.ts';
import { connectByConsent } from '../support/upstream-consent.ts';
import { startOAuthUpstream } from '../support/upstreams/oauth-upstream.ts';
import { answerLegacy, isMethod, sendJson, stubMcpServer, type StubMcpServer } from '../support/upstreams/stub-mcp-server.ts';
import { openSignedInBrowser } from '../support/web-sign-in.ts';
import { World, type Key, type Server } from '../support/world.ts';

/** Of Debian's package `prometheus`. */
const hasPromtool = spawnSync('promtool', ['--version']).status === 0;
const reference = readFileSync(new URL('../../docs/observability/metrics.md', import.meta.url), 'utf8');

let collector: OtlpReceiver;
let gateway: RunningGateway;
let stub: StubMcpServer;
let world: World;
let server: Server;
let key: Key;

beforeAll(async () => {
  collector = await startOtlpReceiver();
  stub = await stubMcpServer(withDiscover(answerLegacy));
  gateway = await startOwnGateway({
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-collector-key=secret%20of%20the%20collector',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
      OTEL_BSP_SCHEDULE_DELAY: '50',
      OTEL_METRIC_EXPORT_INTERVAL: '1000',
    },
  });
  world = await World.create(gateway);
  server = await world.addServer({ upstreamUrl: stub.url });
  key = await world.addKey();
  await world.enforced();
});

afterAll(async () => {
  await gateway.stop();
  await Promise.all([collector.close(), stub.close()]);
});

function newTrace() {
  const [traceId, spanId] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')];
  return { traceId, spanId, traceparent: `00-${traceId}-${spanId}-01` };
}

describe('one trace, followed by its id', () => {
  it.each(['legacy', 'modern'])('from the client over the gateway to the upstream (%s)', async (era) => {
    const { traceId, spanId, traceparent } = newTrace();
    if (era === 'modern') {
      const request = modernRequest(1, 'tools/call', { name: 'find', arguments: {} });
      const body = request.body as { params: { _meta: Record<string, unknown> } };
      body.params._meta['traceparent'] = traceparent;
      await sendMcp(server.url, { key: key.plain, ...request });
    } else {
      const session = await openSession(server.url, key.plain);
      await sendMcp(server.url, { key: key.plain, session, body: toolCall(2, 'find'), headers: { traceparent } });
    }
    const spans = await collector.waitForTrace(traceId, 4);
    const whole = spans.find(({ parentSpanId }) => parentSpanId === spanId)!;
    expect(whole).toMatchObject({ name: 'tools/call find', kind: 2, service: 'sluice-data-plane' });
    const parts = spans.filter(({ parentSpanId }) => parentSpanId === whole.spanId);
    expect(parts.map(({ name }) => name).toSorted()).toEqual(['authorize', 'credential', 'tools/call find']);
    const hop = parts.find(({ kind }) => kind === 3)!;
    const received = await stub.waitFor(
      (request) => isMethod('tools/call')(request) && request.headers['traceparent']?.includes(traceId) === true,
    );
    expect(received.headers['traceparent']).toBe(`00-${traceId}-${hop.spanId}-01`);
    const line = await eventually(async () => {
      const found = gateway.dataPlanes[0]!.log.find((candidate) => candidate['traceId'] === traceId);
      return found ?? Promise.reject(new Error('no line of the log has the trace'));
    });
    expect(line).toMatchObject({ event: 'request', spanId: whole.spanId });
    const record = await eventually(async () => {
      const found = collector.logs.find((candidate) => candidate.traceId === traceId);
      return found ?? Promise.reject(new Error('no exported record has the trace'));
    });
    expect(record).toMatchObject({ body: 'request', severity: 'info', spanId: whole.spanId, service: 'sluice-data-plane' });
    expect(record.attributes).toMatchObject({ method: 'tools/call', outcome: 'completed', era });
  });
});

it('says that a tool failed, though the answer is a success', async () => {
  const { traceId, traceparent } = newTrace();
  stub.answer(
    withDiscover(({ message }, response) => {
      const result = { isError: true, content: [{ type: 'text', text: 'of the tool' }], resultType: 'complete' };
      sendJson(response, { jsonrpc: '2.0', id: message?.id, result });
    }),
  );
  const request = modernRequest(1, 'tools/call', { name: 'find', arguments: {} });
  await sendMcp(server.url, { key: key.plain, ...request, headers: { ...request.headers, traceparent } });
  stub.answer(withDiscover(answerLegacy));
  const spans = await collector.waitForTrace(traceId, 4);
  expect(spans.find(({ kind }) => kind === 2)!.attributes).toMatchObject({ 'error.type': 'tool_error', 'sluice.outcome': 'completed' });
  expect(JSON.stringify(spans)).not.toContain('of the tool');
});

it('exports what is counted, under its own name and that of the semantic conventions', async () => {
  await eventually(async () => {
    const names = collector.metrics.filter(({ service }) => service === 'sluice-data-plane').map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['sluice_requests_total', 'mcp.server.operation.duration', 'sluice_snapshot_revision']));
  });
  await eventually(async () => {
    const durations = collector.metrics.filter(({ name }) => name === 'mcp.server.operation.duration').at(-1)!;
    expect(durations).toMatchObject({ unit: 's' });
    expect(durations.points.map(({ attributes }) => attributes['mcp.method.name'])).toContain('tools/call');
  });
});

it('exports the lines of both planes, and shows the collector what it needs to let them in', async () => {
  await eventually(async () => {
    expect(new Set(collector.logs.map(({ service }) => service))).toEqual(new Set(['sluice-data-plane', 'sluice-control-plane']));
  });
  expect(collector.headers.every((headers) => headers['x-collector-key'] === 'secret of the collector')).toBe(true);
  expect(collector.bodies.every((body) => body.includes('deployment.environment.name'))).toBe(true);
  expect(collector.bodies.join('')).not.toContain('secret of the collector');
});

it('shows the work of the control plane as spans, in the trace of whoever asked for it', async () => {
  const { traceId, spanId, traceparent } = newTrace();
  const query = '{ viewer { __typename } }';
  await fetch(`${gateway.controlPlaneUrl}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${gateway.adminKey}`, traceparent },
    body: JSON.stringify({ query }),
  });
  const [span] = await collector.waitForTrace(traceId, 1);
  expect(span).toMatchObject({ name: 'graphql', kind: 2, parentSpanId: spanId, service: 'sluice-control-plane' });
  expect(span!.attributes).toMatchObject({ 'graphql.operation.type': 'query', 'sluice.outcome': 'completed' });
  await eventually(async () => expect(collector.spans.map(({ name }) => name)).toContain('publish'));
});

it('shows what a call waited for while its token was renewed: the question to the control plane, and the renewal', async () => {
  const upstream = await startOAuthUpstream({ rotation: true, eras: 'legacy' });
  const person = await world.addPerson();
  const own = await world.addKey({ person, scopes: ['MCP', 'API_READ', 'API_WRITE'] });
  const guarded = await world.addServer({ upstreamUrl: upstream.url, authentication: 'OAUTH', granularity: 'USER' });
  const { authorizationUrl } = await new ApiClient(gateway.controlPlaneUrl, own.plain).run<{ authorizationUrl: string }>(
    `mutation ($server: ID!, $subject: ID!) {
      connectionAuthorize(mcpServerId: $server, subjectId: $subject) { authorizationUrl userErrors { code message field } }
    }`,
    { server: guarded.id, subject: person.id },
    'connectionAuthorize',
  );
  await connectByConsent(await openSignedInBrowser(world.api, gateway.issuer, person.id), gateway.issuer, authorizationUrl);
  await world.addKey(); // the next revision, by which it can be waited for
  await world.enforced();
  const session = await openSession(guarded.url, own.plain);
  upstream.authorizationServer.expireAccessTokens();
  const { traceId, spanId, traceparent } = newTrace();
  const answer = await sendMcp(guarded.url, { key: own.plain, session, body: toolCall(2, 'test_simple_text'), headers: { traceparent } });
  expect(answer.message()).toMatchObject({ id: 2, result: {} });
  const spans = await eventually(async () => {
    const found = collector.spans.filter((span) => span.traceId === traceId);
    expect(found.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['tools/call test_simple_text', 'token_question', 'token_renewal']),
    );
    return found;
  });
  const whole = spans.find(({ parentSpanId }) => parentSpanId === spanId)!;
  const question = spans.find(({ name }) => name === 'token_question')!;
  const renewal = spans.find(({ name }) => name === 'token_renewal')!;
  expect(question).toMatchObject({ kind: 2, parentSpanId: whole.spanId, service: 'sluice-control-plane' });
  expect(renewal).toMatchObject({ parentSpanId: question.spanId, service: 'sluice-control-plane' });
  await upstream.close();
});

describe('the metrics', () => {
  /** The rows that the reference has to have for a process, made from what it shows. */
  async function scrapeRows(adminPort: number | undefined): Promise<string[]> {
    const text = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text();
    const types = new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name, type]));
    return [...text.matchAll(/^# HELP (\S+) (.*)$/gm)].map(([, name, help]) => `| \`${name}\` | ${types.get(name)} | ${help} |`);
  }

  function findRows(heading: string): string[] {
    const [, after = ''] = reference.split(`\n## ${heading}\n`);
    return after
      .split('\n## ', 1)[0]!
      .split('\n')
      .filter((line) => line.startsWith('| `'));
  }

  it('of both planes are those of the reference, all of them', async () => {
    const [dataPlane, controlPlane] = await Promise.all([
      scrapeRows(gateway.dataPlanes[0]!.adminPort),
      scrapeRows(gateway.controlPlane.adminPort),
    ]);
    const isShared = (row: string) => /^\| `sluice_(process|nodejs|otlp)_/.test(row);
    expect(findRows('Data plane').toSorted()).toEqual(dataPlane.filter((row) => !isShared(row)).toSorted());
    expect(findRows('Control plane').toSorted()).toEqual(controlPlane.filter((row) => !isShared(row)).toSorted());
    expect(findRows('Both planes').toSorted()).toEqual(dataPlane.filter(isShared).toSorted());
    expect(controlPlane.filter(isShared).toSorted()).toEqual(dataPlane.filter(isShared).toSorted());
  });

  it('show losses that never happened as 0, or the first one would be none to Prometheus', async () => {
    const text = await (await fetch(`http://127.0.0.1:${gateway.dataPlanes[0]!.adminPort}/metrics`)).text();
    const reasons = [...text.matchAll(/^sluice_traffic_dropped_total\{reason="(\w+)"\} 0$/gm)].map(([, reason]) => reason);
    expect(reasons).toEqual(['spool_full', 'spool_failed', 'memory_full', 'unknown_callers']);
  });

  it.skipIf(!hasPromtool)('are as promtool wants them', async () => {
    await sendMcp(server.url, { key: key.plain, ...modernRequest(1, 'tools/call', { name: 'find', arguments: {} }) });
    for (const { adminPort } of [gateway.dataPlanes[0]!, gateway.controlPlane]) {
      const text = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text();
      const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
      expect([stdout + stderr, status]).toEqual(['', 0]);
    }
  });

  it.each(['grafana-dashboard.json', 'alert-rules.yml'])('that %s names exist', (file) => {
    const text = readFileSync(new URL(`../../docs/observability/${file}`, import.meta.url), 'utf8');
    const known = new Set([...reference.matchAll(/^\| `(\w+)` \| (\w+)/gm)].flatMap(([, name, type]) => toSeries(name!, type!)));
    const named = [...new Set(text.match(/\bsluice_\w+/g))];
    expect(named.length).toBeGreaterThan(8);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });
});

function toSeries(name: string, type: string): string[] {
  return type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name];
}
