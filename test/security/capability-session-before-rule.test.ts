// A session, and a call that asked its client something, from before the rule: what was allowed then is judged anew with every message.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openSession, toolCall } from '../support/mcp-request.ts';
import { DENY_DANGEROUS, startRuledGateway, type RuledGateway } from '../support/ruled-gateway.ts';

let ruled: RuledGateway;

beforeEach(async () => {
  ruled = await startRuledGateway([]);
});
afterEach(() => ruled.close());

it.each(['legacy', 'modern', 'sse'] as const)('a session opened before the rule obeys it (%s upstream)', async (upstream) => {
  const session = await openSession(ruled.url(upstream), ruled.gateway.key);
  const send = (id: number, name: string) => ruled.legacy(upstream, toolCall(id, name), { session });
  expect((await send(1, 'delete_repo')).message().result).toMatchObject({ done: 'delete_repo' });
  ruled.publish([DENY_DANGEROUS]);
  ruled.upstreams.forget();
  expect((await send(2, 'delete_repo')).message().error).toMatchObject({ message: 'Unknown tool: delete_repo' });
  expect((await send(3, 'search')).message().result).toMatchObject({ done: 'search' });
  expect(ruled.upstreams.asked('tools/call')).toHaveLength(1);
  const listed = await ruled.legacy(upstream, { jsonrpc: '2.0', id: 4, method: 'tools/list' }, { session });
  expect(listed.body.toString('utf8')).not.toContain('delete_repo');
});
