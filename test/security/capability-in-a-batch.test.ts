// A call that is not allowed, between calls that are. Each element of a batch is judged by itself, and answered as if it had come alone.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { toolCall } from '../support/mcp-request.ts';
import { startRuledGateway, type RuledGateway } from '../support/ruled-gateway.ts';

let ruled: RuledGateway;

beforeAll(async () => {
  ruled = await startRuledGateway();
});
afterAll(() => ruled.close());

interface Answered {
  readonly id: unknown;
  readonly result?: { readonly done?: string };
  readonly error?: { readonly code: number; readonly message: string };
}

function readAnswers(body: Buffer): Answered[] {
  const text = body.toString('utf8');
  if (text.startsWith('[')) return JSON.parse(text) as Answered[];
  const messages = text.split('\n').filter((line) => line.startsWith('data: {'));
  return messages.map((line) => JSON.parse(line.slice('data: '.length)) as Answered);
}

it.each(['legacy', 'modern', 'sse'] as const)('only what is allowed is done (%s upstream)', async (upstream) => {
  ruled.upstreams.forget();
  const batch = [
    toolCall(1, 'search'),
    toolCall('two', 'delete_repo'),
    { jsonrpc: '2.0', id: 3, method: 'resources/read', params: { uri: 'file:///secret/key' } },
    { jsonrpc: '2.0', method: 'tools/call', params: { name: 'delete_repo' } },
    toolCall(4, 'deploy'),
  ];
  const answers = readAnswers((await ruled.legacy(upstream, batch)).body);
  const byId = new Map(answers.map((answer) => [answer.id, answer]));
  expect(new Set(byId.keys())).toEqual(new Set([1, 'two', 3, 4]));
  expect([byId.get(1)!.result!.done, byId.get(4)!.result!.done]).toEqual(['search', 'deploy']);
  expect(byId.get('two')!.error).toEqual({ code: -32602, message: 'Unknown tool: delete_repo' });
  expect(byId.get(3)!.error).toMatchObject({ code: -32002 });
  expect(ruled.upstreams.asked('tools/call').map(({ params }) => params!['name'])).toEqual(['search', 'deploy']);
  expect(ruled.upstreams.asked('resources/read')).toEqual([]);
});

it.each(['12345678901234567890', '1e400', '1e2', 'null'])('an id that an upstream may round (%s) is refused', async (id) => {
  ruled.upstreams.forget();
  const answer = await ruled.legacy('legacy', `[{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"delete_repo"}}]`);
  expect(answer.status).toBe(400);
  expect(ruled.upstreams.asked('tools/call')).toEqual([]);
});

it('lists in a batch are filtered', async () => {
  const list = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
  const { body } = await ruled.legacy('legacy', [list, { ...list, id: 2, method: 'resources/list' }]);
  expect(body.toString('utf8')).not.toMatch(/delete_repo|secret/);
  expect(readAnswers(body)).toHaveLength(2);
});

it('two requests with one id are refused, because an answer could not be told to be the hidden one', async () => {
  ruled.upstreams.forget();
  const answer = await ruled.legacy('legacy', [toolCall(1, 'search'), toolCall(1, 'delete_repo')]);
  expect(answer.status).toBe(400);
  expect(ruled.upstreams.asked('tools/call')).toEqual([]);
});
