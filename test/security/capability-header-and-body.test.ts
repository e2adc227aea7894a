// The headers of a request name a tool that is allowed, its body one that is not. Only the body says what the upstream does.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { modernRequest, sendMcp, toolCall } from '../support/mcp-request.ts';
import { startRuledGateway, type RuledGateway } from '../support/ruled-gateway.ts';

let ruled: RuledGateway;

beforeAll(async () => {
  ruled = await startRuledGateway();
});
afterAll(() => ruled.close());

const INNOCENT = { 'mcp-name': 'search', 'mcp-method': 'tools/call' };

it.each(['modern', 'legacy', 'sse'] as const)('a modern request that contradicts itself is refused (%s upstream)', async (upstream) => {
  const request = modernRequest(1, 'tools/call', { name: 'delete_repo' });
  const headers = { ...request.headers, ...INNOCENT };
  const answer = await sendMcp(ruled.url(upstream), { key: ruled.gateway.key, ...request, headers });
  expect([answer.status, answer.message().error!.code]).toEqual([400, -32020]);
  expect(ruled.upstreams.asked('tools/call')).toEqual([]);
});

it.each(['modern', 'legacy', 'sse'] as const)('a legacy request is judged by its body alone (%s upstream)', async (upstream) => {
  const answer = await ruled.legacy(upstream, toolCall(1, 'delete_repo'), { headers: INNOCENT });
  expect(answer.message().error).toMatchObject({ code: -32602, message: 'Unknown tool: delete_repo' });
  expect(ruled.upstreams.asked('tools/call')).toEqual([]);
});

it('a method in the header is no method', async () => {
  const request = modernRequest(1, 'tools/call', { name: 'delete_repo' });
  const headers = { ...request.headers, 'mcp-method': 'tools/list' };
  expect((await sendMcp(ruled.url('modern'), { key: ruled.gateway.key, ...request, headers })).status).toBe(400);
  expect(ruled.upstreams.asked('tools/call')).toEqual([]);
});
