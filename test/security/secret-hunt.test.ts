// Secrets in everything that passes through the product, and then a search for them in everything that it writes down.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { modernRequest, openSession, sendMcp, type McpRequest } from '../support/mcp-request.ts';
import { withDiscover } from '../support/modern-stub.ts';
import { startOtlpReceiver, type OtlpReceiver } from '../support/otlp-receiver.ts';
import type { TestDatabase } from '../support/postgres-admin.ts';
import { dumpDatabase, dumpRedis, SecretHunt, type Place } from '../support/secret-hunt.ts';
import { startGateway, type RunningGateway } from '../support/start-gateway.ts';
import { createTestDatabase } from '../support/test-database.ts';
import { startTestRedis, type TestRedis } from '../support/test-redis.ts';
import { connectByConsent } from '../support/upstream-consent.ts';
import { startOAuthUpstream, type OAuthUpstream } from '../support/upstreams/oauth-upstream.ts';
import {
  answerLegacy,
  frame,
  openEventStream,
  sendJson,
  stubMcpServer,
  type Answer,
  type StubMcpServer,
} from '../support/upstreams/stub-mcp-server.ts';
import { openSignedInBrowser, TEST_PASSWORD } from '../support/web-sign-in.ts';
import { World, type Key, type Server } from '../support/world.ts';

/** Must be nowhere at all: not in what is written down, and not in what callers are told. */
const ours = new SecretHunt();
/** Callers and upstreams tell each other; written down it must not be. */
const theirs = new SecretHunt();
/** No secrets: what is captured where somebody switched that on, and must be nowhere else. */
const captured = new SecretHunt();
/** No secrets: what must be found, or the search looks at nothing. */
const planted = new SecretHunt();

const TRACE = planted.note('the trace of a call', randomBytes(16).toString('hex'));
const LATE_TRACE = planted.note('the trace of a call while the control plane is away', randomBytes(16).toString('hex'));
const TOOLS = ['works', 'tool_error', 'rpc_error', 'http_500', 'http_401', 'garbage', 'cut', 'streamed'] as const;

let collector: OtlpReceiver;
let database: TestDatabase;
let redis: TestRedis;
let gateway: RunningGateway;
let world: World;
let stub: StubMcpServer;
let upstream: OAuthUpstream;
/** Everything that was written down, and where. */
const written: Place[] = [];
/** Everything that the gateway answered in its own words. */
const answers: Place[] = [];

/** An upstream that lets out secrets in every way there is. One of them is the credential that it was given. */
const leak: Answer = (request, response) => {
  const { message } = request;
  if (message?.method !== 'tools/call') return answerLegacy(request, response);
  const text = `${theirs.make('result or error of an upstream')} ${request.headers.authorization}`;
  const reply = (body: object) => sendJson(response, { jsonrpc: '2.0', id: message.id, ...body });
  const content = [{ type: 'text', text }];
  switch (message.params?.['name']) {
    case 'captured':
      return reply({
        result: { content: [{ type: 'text', text: `Authorization: ${request.headers.authorization}` }], resultType: 'complete' },
      });
    case 'works':
      return reply({ result: { content, structuredContent: { secret: text }, resultType: 'complete' } });
    case 'tool_error':
      return reply({ result: { content, isError: true, resultType: 'complete' } });
    case 'rpc_error':
      return reply({ error: { code: -32000, message: text, data: { secret: text } } });
    case 'http_500':
      return sendJson(response, { error: text }, { 'set-cookie': theirs.make('cookie of an upstream') }, 500);
    case 'http_401':
      return sendJson(response, { error: text }, { 'www-authenticate': `Bearer error="${theirs.make('challenge of an upstream')}"` }, 401);
    case 'garbage':
      return void response.writeHead(200, { 'content-type': 'application/json' }).end(`not JSON ${text}`);
    case 'cut':
      openEventStream(response);
      response.write(frame({ jsonrpc: '2.0', method: 'notifications/message', params: { level: 'error', data: text } }));
      return void setImmediate(() => response.destroy());
    default:
      openEventStream(response);
      response.write(frame({ jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: text } }));
      return void response.end(frame({ jsonrpc: '2.0', id: message.id, result: { content, resultType: 'complete' } }));
  }
};

/** What a careless client sends besides. */
function carelessHeaders(): Record<string, string> {
  return {
    cookie: `session=${theirs.make('cookie of a client')}`,
    dpop: theirs.make('proof of a client'),
    'x-api-key': theirs.make('header of a client'),
    baggage: `secret=${theirs.make('baggage of a client')}`,
    'last-event-id': theirs.make('event id of a client'),
    'user-agent': 'hunt/1.0',
  };
}

async function callTools(server: Server, key: Key, trace: string): Promise<void> {
  const traceparent = `00-${trace}-${randomBytes(8).toString('hex')}-01`;
  const session = await openSession(server.url, key.plain);
  for (const name of TOOLS) {
    const headers = { ...carelessHeaders(), traceparent };
    const secret = theirs.make(`argument of ${name}`);
    const params = { name, arguments: { password: secret, nested: [{ [theirs.make('key of an argument')]: 1 }] } };
    const meta = { 'example.com/secret': theirs.make('_meta of a call') };
    const body = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { ...params, _meta: meta } };
    await sendMcp(server.url, { key: key.plain, session, body, headers }).catch(() => undefined); // one of them is cut
    const modern = modernRequest(2, 'tools/call', params);
    await sendMcp(server.url, { key: key.plain, ...modern, headers: { ...headers, ...modern.headers } }).catch(() => undefined);
  }
  const uri = `test://user:${theirs.make('password in a URI')}@host/x?token=${theirs.make('query of a URI')}#${theirs.make('fragment of a URI')}`;
  await sendMcp(server.url, { key: key.plain, session, body: { jsonrpc: '2.0', id: 3, method: 'resources/read', params: { uri } } });
}

/** A call whose arguments and result are kept, with secrets that can be recognized. */
async function callCaptured(server: Server, key: Key): Promise<void> {
  const secrets = {
    password: theirs.make('captured password'),
    nested: [{ apiKey: theirs.make('captured key') }],
    header: `Authorization: Bearer ${theirs.make('captured token')}`,
    address: `postgresql://app:${theirs.make('captured password in an address')}@db/app`,
    note: captured.make('a captured argument'),
  };
  await sendMcp(server.url, { key: key.plain, ...modernRequest(4, 'tools/call', { name: 'captured', arguments: secrets }) });
}

/** Requests that the gateway refuses, each with something that its client would not like to see in a log. */
async function callInVain(server: Server, key: Key): Promise<void> {
  const bodies = [
    `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":"${theirs.make('params that are no object')}"}`,
    `{"broken ${theirs.make('broken JSON')}`,
  ];
  const attempts: readonly { readonly url: string; readonly sent: McpRequest }[] = [
    ...bodies.map((body) => ({ url: server.url, sent: { key: key.plain, body } })),
    { url: server.url, sent: { key: theirs.make('a token that is none'), body: {} } },
    { url: server.url, sent: { key: theirs.note('a key that is none', `slc_${randomBytes(24).toString('base64url')}`), body: {} } },
    { url: `${server.url}?key=${theirs.make('query of a request')}`, sent: { key: key.plain, body: {} } },
    { url: `${gateway.url}/no/such/${theirs.make('path of a request')}`, sent: { body: {} } },
    {
      url: server.url,
      sent: { key: key.plain, session: theirs.make('a session that is none'), body: { jsonrpc: '2.0', id: 1, method: 'ping' } },
    },
    { url: server.url, sent: { key: key.plain, body: {}, headers: { origin: `https://${theirs.make('origin of a page')}.example` } } },
    { url: server.url, sent: { key: key.plain, body: {}, headers: { traceparent: `00-${theirs.make('a trace that is none')}` } } },
  ];
  for (const { url, sent } of attempts) {
    const answer = await sendMcp(url, { ...sent, headers: { ...carelessHeaders(), ...sent.headers } });
    answers.push({
      name: `the answer to a request in vain (${answer.status})`,
      text: JSON.stringify(answer.headers) + answer.body.toString(),
    });
  }
}

/** Operations of the API that fail, with secrets in them. */
async function failAtTheApi(server: Server): Promise<void> {
  const connect = `mutation ($input: ConnectionCreateInput!) { connectionCreate(input: $input) { userErrors { code message field } } }`;
  const secret = () => theirs.make('input of an operation that fails');
  const operations = [
    {
      query: connect,
      variables: { input: { mcpServerId: server.id, subjectId: 'org_none', headers: [{ name: 'host', value: secret() }] } },
    },
    { query: connect, variables: { input: { mcpServerId: server.id, subjectId: 'org_none', headers: secret() } } },
    { query: `{ viewer(x: "${secret()}") { __typename } }`, variables: {} },
    { query: `{ broken "${secret()}"`, variables: {} },
  ];
  for (const operation of operations) {
    await fetch(`${gateway.controlPlaneUrl}/graphql?q=${secret()}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${gateway.adminKey}`, cookie: secret() },
      body: JSON.stringify(operation),
    });
  }
  const stranger = { 'content-type': 'application/json', authorization: `Bearer ${theirs.make('a key for the API that is none')}` };
  const answer = await fetch(`${gateway.controlPlaneUrl}/graphql`, {
    method: 'POST',
    headers: stranger,
    body: '{"query":"{ viewer { __typename } }"}',
  });
  answers.push({ name: 'the answer of the API to a stranger', text: await answer.text() });
}

/** Connects a person to an upstream with OAuth, calls with their token, has it renewed, and takes the consent away. */
async function useOauth(): Promise<void> {
  const server = await world.addServer({ upstreamUrl: upstream.url, authentication: 'OAUTH', granularity: 'USER' });
  const person = await world.addPerson();
  const key = await world.addKey({ person });
  ours.note('key of a person', key.plain);
  await world.enforced();
  const browser = await openSignedInBrowser(world.api, gateway.controlPlaneUrl, person.id);
  const isConsent = (at: URL) => at.origin === new URL(upstream.authorizationServer.issuer).origin;
  const page = await browser.open(`${gateway.controlPlaneUrl}/connect/${world.workspace.slug}/${server.slug}`, isConsent);
  await connectByConsent(browser, gateway.controlPlaneUrl, page.url.href, { account: 'ann' });
  const call = () => sendMcp(server.url, { key: key.plain, ...modernRequest(1, 'tools/list') });
  await eventually(async () => expect((await call()).message().result).toBeDefined());
  upstream.authorizationServer.expireAccessTokens();
  expect((await call()).message().result).toBeDefined();
  upstream.authorizationServer.revokeGrants();
  const refused = await call();
  answers.push({ name: 'the answer without a consent', text: refused.body.toString() });
  const tokens = new Set(upstream.requests.flatMap(({ token }) => token ?? []));
  expect(tokens.size).toBeGreaterThan(1);
  [...tokens].forEach((token, i) => ours.note(`access token ${i} of an upstream`, token));
}

/** Lines of both planes, what they exported, their metrics, PostgreSQL and Redis. */
async function collect(): Promise<void> {
  for (const plane of [gateway.controlPlane, ...gateway.dataPlanes]) {
    written.push({ name: 'the log', text: JSON.stringify(plane.log) }, { name: 'standard error', text: plane.errors() });
    if (plane === gateway.controlPlane) continue;
    const metrics = await fetch(`http://127.0.0.1:${plane.adminPort}/metrics`);
    written.push({ name: 'the metrics', text: await metrics.text() });
  }
  written.push({ name: 'what was exported', text: collector.bodies.join('\n') });
  written.push(...(await dumpRedis(redis.url)), ...(await dumpDatabase(database.url)));
}

beforeAll(async () => {
  collector = await startOtlpReceiver();
  [database, redis, upstream] = await Promise.all([createTestDatabase(), startTestRedis(), startOAuthUpstream()]);
  stub = await stubMcpServer(withDiscover(leak));
  const encryptionKey = ours.note('encryption key', randomBytes(32).toString('base64'));
  gateway = await startGateway({
    databaseUrl: database.url,
    redis,
    env: {
      SLUICE_ENCRYPTION_KEYS: `hunt:${encryptionKey}`,
      SLUICE_LOG_LEVEL: 'trace',
      SLUICE_TRACE_PROPAGATION: 'header-and-meta',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: `authorization=${ours.make('credential for the collector')}`,
      OTEL_BSP_SCHEDULE_DELAY: '50',
      OTEL_METRIC_EXPORT_INTERVAL: '1000',
    },
  });
  ours.note('bootstrap key', gateway.adminKey);
  ours.note('password of a person', TEST_PASSWORD);
  world = await World.create(gateway);
  const server = await world.addServer({ upstreamUrl: stub.url, authentication: 'CUSTOM_HEADERS' });
  planted.note('the slug of a server', server.slug);
  const credential = { authorization: `Bearer ${ours.make('header value for an upstream')}`, 'x-tenant': ours.make('second header value') };
  await world.connect(server, world.organizationId, credential);
  const keeping = await world.addServer({ upstreamUrl: stub.url, authentication: 'CUSTOM_HEADERS' });
  await world.connect(keeping, world.organizationId, credential);
  await world.api.run(
    `mutation ($id: ID!) {
      mcpServerUpdate(id: $id, input: { payloadCapture: ARGUMENTS_AND_RESULTS }) { snapshotRevision userErrors { code message field } }
    }`,
    { id: keeping.id },
    'mcpServerUpdate',
  );
  const [key, revoked] = await Promise.all([world.addKey(), world.addKey()]);
  ours.note('service key', key.plain);
  ours.note('revoked key', revoked.plain);
  await world.revokeKey(revoked);
  await world.enforced();

  await callTools(server, key, TRACE);
  await callCaptured(keeping, key);
  await callInVain(server, key);
  await callInVain(server, revoked);
  await failAtTheApi(server);
  await useOauth();
  await collector.waitForTrace(TRACE, TOOLS.length * 2);
  await eventually(async () => {
    const tables = await dumpDatabase(database.url);
    expect(planted.find(tables.filter(({ name }) => name.startsWith('table traffic')))).not.toEqual([]);
    expect(captured.find(tables)).not.toEqual([]);
  });

  // Events stay in Redis where nobody takes them out.
  await gateway.controlPlane.stop();
  await callTools(server, key, LATE_TRACE);
  await callCaptured(keeping, key);
  await eventually(async () => {
    const stored = await dumpRedis(redis.url);
    expect(planted.find(stored).join()).toContain('while the control plane is away');
    expect(captured.find(stored)).not.toEqual([]);
  });
  await collector.waitForTrace(LATE_TRACE, TOOLS.length * 2);
  await collect();
});

afterAll(async () => {
  await gateway.stop();
  await Promise.all([collector.close(), stub.close(), upstream.close(), redis.stop()]);
  await database.drop();
});

describe('the search', () => {
  it.each(['the log', 'what was exported', 'Redis', 'table traffic', 'table audit'])('looks where something is: %s', (place) => {
    expect(planted.find(written.filter(({ name }) => name.startsWith(place)))).not.toEqual([]);
  });

  it('finds a secret that was let out, also in other spellings', () => {
    const secret = new SecretHunt();
    const leaked = secret.make('a leak');
    const text = `{"a":"${Buffer.from(leaked).toString('base64')}"}`;
    expect(secret.find([...written, { name: 'a log', text: `x${leaked}y` }, { name: 'a table', text }])).toEqual([
      'a leak in a log',
      'a leak in a table',
    ]);
  });
});

it('finds no secret of the gateway, of callers or of upstreams in anything that was written down', () => {
  expect(ours.size + theirs.size).toBeGreaterThan(150);
  expect([...ours.find(written), ...theirs.find(written)]).toEqual([]);
});

it('finds what is captured where it is kept, and nowhere else', () => {
  const places = captured.find(written).map((found) => found.replace(/^.* in /, ''));
  expect(places.some((place) => place.startsWith('table traffic_payloads'))).toBe(true);
  expect(places.some((place) => place.startsWith('Redis'))).toBe(true);
  expect(places.filter((place) => !/^(table traffic_payloads|Redis \{sluice:.*:traffic-)/.test(place))).toEqual([]);
});

it('finds no secret of the gateway in what it answers', () => {
  expect(answers.length).toBeGreaterThan(10);
  expect(ours.find(answers)).toEqual([]);
});
