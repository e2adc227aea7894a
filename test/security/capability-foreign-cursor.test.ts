// A cursor that was made for a caller who sees more. It is the upstream's word for a place in its list; what stands there is filtered all the same.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DENY_DANGEROUS, startRuledGateway, type RuledGateway } from '../support/ruled-gateway.ts';

let ruled: RuledGateway;

beforeAll(async () => {
  ruled = await startRuledGateway([]);
});
afterAll(() => ruled.close());

const LIST = { jsonrpc: '2.0', id: 1, method: 'resources/list' };

it.each(['legacy', 'modern', 'sse'] as const)('leads to a page that hides what is hidden (%s upstream)', async (upstream) => {
  ruled.publish([]);
  const { nextCursor, resources } = (await ruled.legacy(upstream, LIST)).message().result!;
  expect([resources, nextCursor]).toEqual([[expect.anything(), expect.objectContaining({ uri: 'file:///secret/key' })], '2']);
  ruled.publish([DENY_DANGEROUS, { id: 'rule_2', effect: 'DENY', capabilities: { patterns: ['ui://*'] } }]);
  for (const params of [{ cursor: nextCursor }, { cursor: '0' }]) {
    const page = (await ruled.legacy(upstream, { ...LIST, params })).message().result!;
    expect(JSON.stringify(page)).not.toMatch(/secret|ui:/);
  }
  const modern = await ruled.modern(upstream, 'resources/list', { cursor: nextCursor });
  expect(modern.message().result).toMatchObject({ resources: [], cacheScope: 'private' });
});
