import { LoggingMessageNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SAMPLE_ICON } from '../../../embedded/sample-server/icon.ts';
import { startBridgeGateway, type BridgeGateway } from '../../support/bridge-gateway.ts';
import { connectClient } from '../../support/clients.ts';
import { connectFirstLineClient } from '../../support/legacy-client.ts';
import { initialize, openSession, sendMcp, toolCall } from '../../support/mcp-request.ts';
import { startFixtureServer, type FixtureServer } from '../../support/upstreams/fixture-server.ts';

let fixture: FixtureServer;
let gateway: BridgeGateway;
let url: string;

beforeAll(async () => {
  fixture = await startFixtureServer({ eras: 'modern' });
  gateway = await startBridgeGateway({ servers: { fixture: { upstreamUrl: fixture.url } } });
  url = gateway.processes[0]!.url('fixture');
});

afterAll(() => Promise.all([gateway.close(), fixture.close()]));

describe.each(['first', 'second'])('a legacy client of the SDK’s %s line on a modern-only upstream', (line) => {
  it('learns who the server is and calls its tools', async () => {
    const client = line === 'first' ? await connectFirstLineClient(url, gateway.key) : await connectClient(url, gateway.key);
    expect(client.getServerVersion()).toEqual({ name: 'sluice-fixture', version: '1.0.0', icons: [SAMPLE_ICON] });
    expect(client.getServerCapabilities()).toMatchObject({ tools: { listChanged: true }, logging: {} });
    expect((await client.listTools()).tools.length).toBeGreaterThan(10);
    expect(await client.callTool({ name: 'test_simple_text' })).toEqual({
      content: [{ type: 'text', text: 'This is a simple text response for testing.' }],
    });
    expect((await client.listPrompts()).prompts.length).toBeGreaterThan(2);
    expect((await client.readResource({ uri: 'test://static-text' })).contents).toHaveLength(1);
    await client.ping();
    await client.close();
  });
});

it('hears of the progress of its call', async () => {
  const client = await connectClient(url, gateway.key);
  const progress: number[] = [];
  await client.callTool({ name: 'test_tool_with_progress' }, { onprogress: (step) => void progress.push(step.progress) });
  expect(progress).toEqual([0, 50, 100]);
  await client.close();
});

it('gets log messages of the level it set, and of a sensible one before', async () => {
  const client = await connectFirstLineClient(url, gateway.key);
  const levels: string[] = [];
  client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => void levels.push(params.level));
  await client.callTool({ name: 'test_tool_with_logging' });
  expect(levels).toEqual(['info', 'info', 'info']);
  await client.setLoggingLevel('error');
  await client.callTool({ name: 'test_tool_with_logging' });
  expect(levels).toHaveLength(3);
  await client.close();
});

describe('what the eras say differently', () => {
  it('answers errors with status 200, because 404 would end the session', async () => {
    const session = await openSession(url, gateway.key);
    const answer = await sendMcp(url, { key: gateway.key, session, body: { jsonrpc: '2.0', id: 2, method: 'nothing/known' } });
    expect(answer.status).toBe(200);
    expect(answer.message()).toMatchObject({ id: 2, error: { code: -32601 } });
  });

  it('says of a resource that is not there what a legacy server says', async () => {
    const session = await openSession(url, gateway.key);
    const body = { jsonrpc: '2.0', id: 'a', method: 'resources/read', params: { uri: 'test://nothing' } };
    expect((await sendMcp(url, { key: gateway.key, session, body })).message()).toMatchObject({ id: 'a', error: { code: -32002 } });
  });

  it('repeats a parameter in a header where the schema of the tool wants it, although the client never listed the tools', async () => {
    const session = await openSession(url, gateway.key);
    const call = toolCall(5, 'test_header_parameter', { region: 'Zürich' });
    expect((await sendMcp(url, { key: gateway.key, session, body: call })).message()).toMatchObject({
      result: { content: [{ text: 'Header parameter: Zürich' }] },
    });
  });

  it('leaves nothing of the modern result in the answer', async () => {
    const session = await openSession(url, gateway.key);
    const { result } = (await sendMcp(url, { key: gateway.key, session, body: { jsonrpc: '2.0', id: 1, method: 'tools/list' } })).message();
    expect(Object.keys(result ?? {})).toEqual(['tools']);
  });

  it('agrees on the revision that the client asked for', async () => {
    const body = { ...initialize(), params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'x', version: '1' } } };
    expect((await sendMcp(url, { key: gateway.key, body })).message()).toMatchObject({ result: { protocolVersion: '2025-06-18' } });
  });

  it('answers an array of messages with an array', async () => {
    const session = await openSession(url, gateway.key);
    const body = [
      { jsonrpc: '2.0', id: 1, method: 'ping' },
      { jsonrpc: '2.0', method: 'notifications/initialized' },
      { jsonrpc: '2.0', id: 2, method: 'ping' },
    ];
    const answer = await sendMcp(url, { key: gateway.key, session, body });
    expect(JSON.parse(answer.body.toString())).toEqual([
      { jsonrpc: '2.0', id: 1, result: {} },
      { jsonrpc: '2.0', id: 2, result: {} },
    ]);
  });
});

describe('a session that the upstream does not have', () => {
  it('is missing without its id, unknown once it was ended, and worthless to others', async () => {
    const session = await openSession(url, gateway.key);
    const ping = { jsonrpc: '2.0', id: 9, method: 'ping' };
    expect((await sendMcp(url, { key: gateway.key, body: ping })).status).toBe(400);
    expect((await sendMcp(url, { key: gateway.key, session, body: ping })).status).toBe(200);
    expect((await sendMcp(url, { key: gateway.key, session, method: 'DELETE' })).status).toBe(200);
    expect((await sendMcp(url, { key: gateway.key, session, body: ping })).status).toBe(404);
    expect((await sendMcp(url, { key: gateway.key, session: `${session}x`, body: ping })).status).toBe(404);
  });

  it('refuses a revision that no legacy client speaks', async () => {
    const session = await openSession(url, gateway.key);
    const headers = { 'mcp-protocol-version': '1999-01-01' };
    expect((await sendMcp(url, { key: gateway.key, session, headers, body: { jsonrpc: '2.0', id: 1, method: 'ping' } })).status).toBe(400);
  });
});
