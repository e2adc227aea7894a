// The id of a task in the hands of somebody else, or of somebody who may not use its tool any longer. The upstream, which sees one credential
// for everybody, would serve either.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { generateApiKey } from '../../contract/api-key.ts';
import type { SnapshotApiKey } from '../../contract/snapshot.ts';
import { startBridgeGateway, type BridgeGateway } from '../support/bridge-gateway.ts';
import { sendMcp } from '../support/mcp-request.ts';
import { sendJson, stubMcpServer, type StubMcpServer } from '../support/upstreams/stub-mcp-server.ts';

const UPSTREAM_ID = 'task-786512e2';
const OTHER = generateApiKey();
const OTHER_KEY: SnapshotApiKey = { id: 'key_2', lookup: OTHER.lookup, hash: OTHER.hash, kind: 'SERVICE', scopes: ['MCP'] };
const deny = (pattern: string) => ({ rules: [{ id: 'rule_1', effect: 'DENY' as const, capabilities: { patterns: [pattern] } }] });

let stub: StubMcpServer;
let gateway: BridgeGateway;

beforeEach(async () => {
  stub = await stubMcpServer((request, response) => {
    const { message } = request;
    const task = { taskId: UPSTREAM_ID, status: 'working', ttl: 60_000 };
    const results: Record<string, object> = {
      'tools/call': { task },
      'tasks/get': task,
      'tasks/result': { content: [], structuredContent: { taskId: UPSTREAM_ID }, _meta: { related: { taskId: UPSTREAM_ID } } },
      'tasks/list': { tasks: [task] },
    };
    sendJson(response, { jsonrpc: '2.0', id: message!.id, result: results[message!.method!] ?? {} });
  });
  gateway = await startBridgeGateway({
    servers: { docs: { upstreamUrl: stub.url } },
    routes: { docs: deny('forbidden') },
    people: { keys: [OTHER_KEY], members: [] },
  });
});
afterEach(async () => {
  await gateway.close();
  await stub.close();
});

async function send(method: string, params: object, key = gateway.key) {
  const answer = await sendMcp(gateway.processes[0]!.url('docs'), { key, body: { jsonrpc: '2.0', id: 1, method, params } });
  return answer.message();
}

async function makeTask(): Promise<string> {
  const { result } = await send('tools/call', { name: 'index_all', arguments: {}, task: { ttl: 60_000 } });
  return (result!['task'] as { taskId: string }).taskId;
}

const NOT_FOUND = { code: -32602, message: expect.stringMatching(/^Task not found/) };

it('serves the caller who made the task, by a handle that is not the upstream’s id', async () => {
  const taskId = await makeTask();
  expect(taskId).not.toContain(UPSTREAM_ID);
  expect((await send('tasks/get', { taskId })).result).toMatchObject({ taskId, status: 'working' });
  expect(stub.requests.at(-1)!.message!.params).toEqual({ taskId: UPSTREAM_ID });
  const { result } = await send('tasks/result', { taskId });
  expect(result).toMatchObject({ structuredContent: { taskId: UPSTREAM_ID }, _meta: { related: { taskId } } });
});

it('serves nobody else, and nobody by the upstream’s own id', async () => {
  const taskId = await makeTask();
  stub.forget();
  for (const method of ['tasks/get', 'tasks/result', 'tasks/cancel']) {
    expect((await send(method, { taskId }, OTHER.plain)).error).toMatchObject(NOT_FOUND);
    expect((await send(method, { taskId: UPSTREAM_ID })).error).toMatchObject(NOT_FOUND);
    expect((await send(method, { taskId: [UPSTREAM_ID] })).error).toMatchObject(NOT_FOUND);
  }
  expect(stub.requests).toEqual([]);
  expect((await send('tasks/list', {})).result).toEqual({ tasks: [] });
});

it('ends with the right to use the tool', async () => {
  const taskId = await makeTask();
  gateway.publish({ routes: { docs: deny('index_*') } });
  stub.forget();
  expect((await send('tasks/get', { taskId })).error).toMatchObject(NOT_FOUND);
  expect(stub.requests).toEqual([]);
});
