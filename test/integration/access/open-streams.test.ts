// What lasts is subject to the rules as they change: streams, subscriptions and sessions end with the revision that says so.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AccessRule } from '../../../contract/access-rule.ts';
import type { Transport } from '../../../contract/snapshot.ts';
import { startBridgeGateway, type BridgeGateway, type BridgeGatewayOptions } from '../../support/bridge-gateway.ts';
import { eventually } from '../../support/eventually.ts';
import { modernRequest, openMcpStream, openSession, sendMcp, toolCall, type McpStream } from '../../support/mcp-request.ts';
import { CASE_CAPABILITIES } from '../../support/access-cases.ts';
import { ACCESS_PAIRINGS, startAccessUpstreams, withRealHash, type AccessUpstreams } from '../../support/upstreams/access-upstream.ts';

const CAPABILITIES = CASE_CAPABILITIES.map(withRealHash);
const DENY_SECRETS: AccessRule = { id: 'rule_1', effect: 'DENY', capabilities: { patterns: ['file:///secret/*', 'delete_*'] } };

let upstreams: AccessUpstreams;
let gateway: BridgeGateway;
let session: string | undefined;

async function start(upstream: 'legacy' | 'modern' | 'sse', routes: BridgeGatewayOptions['routes'] = {}): Promise<void> {
  upstreams = await startAccessUpstreams(CAPABILITIES);
  const transport: Transport = upstream === 'sse' ? 'SSE' : 'STREAMABLE_HTTP';
  const server = { upstreamUrl: upstreams[`${upstream}Url`], transport, capabilities: [...CAPABILITIES] };
  gateway = await startBridgeGateway({ servers: { docs: server }, routes });
}

beforeEach(() => void (session = undefined));
afterEach(async () => {
  await gateway.close();
  await upstreams.close();
});

const url = () => gateway.processes[0]!.url('docs');

/** The stream on which a client hears what changes. */
async function open(client: 'legacy' | 'modern', uris: readonly string[] = ['file:///readme']): Promise<McpStream> {
  const filter = { toolsListChanged: true, resourceSubscriptions: uris };
  if (client === 'legacy') session = await openSession(url(), gateway.key);
  const request = client === 'legacy' ? { session } : modernRequest('listen-1', 'subscriptions/listen', { notifications: filter });
  const stream = await openMcpStream(url(), { key: gateway.key, ...request });
  await eventually(async () => expect(upstreams.notify('notifications/message', { level: 'debug', data: 'ready' })).toBeGreaterThan(0));
  return stream;
}

/** Everything that came until the stream ended. */
async function readToEnd(stream: McpStream): Promise<string> {
  return stream.readAll();
}

describe.each(ACCESS_PAIRINGS)('the stream of a %s client, from an upstream that is %s,', (client, upstream) => {
  it('goes on while nothing changes for its caller, and ends when a rule is added', async () => {
    await start(upstream);
    const stream = await open(client);
    gateway.publish({ people: { keys: [], members: [{ userId: 'usr_2', role: 'MEMBER' }] } });
    upstreams.notify('notifications/tools/list_changed');
    await stream.readUntil('tools/list_changed');
    expect(gateway.changedLists).toHaveLength(1);
    gateway.publish({ routes: { docs: { rules: [DENY_SECRETS] } } });
    await readToEnd(stream);
    const again = await open(client);
    expect(again.status).toBe(200);
    again.leave();
  });

  it('ends when its caller may not use the server any longer', async () => {
    await start(upstream);
    const stream = await open(client);
    gateway.publish({ routes: { docs: { userOverrides: { usr_1: 'DENY' } } } });
    await readToEnd(stream);
    expect((await sendMcp(url(), { key: gateway.key, session, body: toolCall(1, 'search') })).status).toBe(404);
  });

  it('says nothing of a resource that the caller may not read', async () => {
    await start(upstream, { docs: { rules: [DENY_SECRETS] } });
    const stream = await open(client, ['file:///readme', 'file:///secret/key']);
    upstreams.notify('notifications/resources/updated', { uri: 'file:///secret/key' });
    upstreams.notify('notifications/resources/updated', { uri: 'file:///%73ecret/key' });
    upstreams.notify('notifications/resources/updated', { uri: 'file:///readme' });
    upstreams.notify('notifications/tools/list_changed');
    const heard = await stream.readUntil('tools/list_changed');
    expect(heard).not.toMatch(/secret/);
    if (client === 'legacy') expect(heard).toContain('file:///readme');
    stream.leave();
  });
});

it('a subscription asks the upstream for allowed resources only', async () => {
  await start('modern', { docs: { rules: [DENY_SECRETS] } });
  const stream = await open('modern', ['file:///secret/key', 'file:///readme']);
  const [asked] = upstreams.asked('subscriptions/listen');
  expect(asked!.params!['notifications']).toEqual({ toolsListChanged: true, resourceSubscriptions: ['file:///readme'] });
  stream.leave();
});

it('a session with an upstream of HTTP with SSE ends with the right to use it', async () => {
  await start('sse');
  session = await openSession(url(), gateway.key);
  gateway.publish({ routes: { docs: { userOverrides: { usr_1: 'DENY' } } } });
  gateway.publish({});
  const answer = await sendMcp(url(), { key: gateway.key, session, body: toolCall(1, 'search') });
  expect([answer.status, answer.message().error!.code]).toEqual([404, -32001]);
});
