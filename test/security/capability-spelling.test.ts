// A name that an upstream may take for another one: by case, by Unicode form, by characters that are not seen, by percent-encoding, by dots.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toolCall } from '../support/mcp-request.ts';
import { startRuledGateway, type RuledGateway } from '../support/ruled-gateway.ts';

let ruled: RuledGateway;

beforeAll(async () => {
  ruled = await startRuledGateway();
});
afterAll(() => ruled.close());

describe('a denied tool', () => {
  it.each([
    ['in another case', 'DELETE_repo'],
    ['with the long s of old prints', 'delete_repo'.replace('s', 'ſ')],
    ['in full width', 'ｄｅｌｅｔｅ_ｒｅｐｏ'],
    ['with a character of no width', 'delete\u200b_repo'],
    ['with a soft hyphen', 'delete_\u00adrepo'],
    ['with a combining mark', 'delete_re\u0301po'],
    ['with a control character', 'delete_repo\u0000'],
    ['between spaces', ' delete_repo '],
  ])('%s stays denied', async (_how, name) => {
    ruled.upstreams.forget();
    const answers = [
      await ruled.legacy('legacy', toolCall(1, name)),
      await ruled.legacy('modern', toolCall(1, name)),
      await ruled.legacy('sse', toolCall(1, name)),
    ];
    for (const answer of answers) expect(answer.message().error).toMatchObject({ code: -32602 });
    expect(ruled.upstreams.asked('tools/call')).toEqual([]);
  });
});

describe('a denied resource', () => {
  it.each([
    'FILE:///secret/key',
    'file:///%73ecret/key',
    'file:///%2573ecret/key',
    'file:///open/../secret/key',
    'file:///open/%2e%2e/secret/key',
    'file:///./secret/key',
    'file:///SECRET/key',
    'file:///secret%2Fkey',
    'file:///ｓｅｃｒｅｔ/key',
  ])('as %s stays denied', async (uri) => {
    ruled.upstreams.forget();
    for (const method of ['resources/read', 'resources/subscribe', 'resources/unsubscribe']) {
      const { error } = (await ruled.legacy('legacy', { jsonrpc: '2.0', id: 1, method, params: { uri } })).message();
      expect(error).toMatchObject({ code: -32002, data: { uri } });
      expect(ruled.upstreams.asked(method)).toEqual([]);
    }
    if (!/^[ -~]*$/.test(uri)) return; // needs a coding in its header, which is another matter
    expect((await ruled.modern('modern', 'resources/read', { uri })).message().error).toMatchObject({ code: -32602, data: { uri } });
    expect(ruled.upstreams.asked('resources/read')).toEqual([]);
  });
});

it.each(['Tools/Call', 'tools/Call', 'TOOLS/CALL', 'tools/ca\u200bll', 'tools/call '])('a method spelled %j is none', async (method) => {
  ruled.upstreams.forget();
  const answer = await ruled.legacy('legacy', { jsonrpc: '2.0', id: 1, method, params: { name: 'delete_repo' } });
  expect(answer.message().error!.code).toBe(-32601);
  expect(ruled.upstreams.asked(method)).toEqual([]);
});

it.each([[['delete_repo']], [{ toString: 'delete_repo' }], [1], [null]])('a name that is no text (%j) goes nowhere', async (name) => {
  ruled.upstreams.forget();
  const answer = await ruled.legacy('legacy', { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name } });
  expect(answer.message().error!.code).toBe(-32602);
  expect(ruled.upstreams.asked('tools/call')).toEqual([]);
});

it('a completion for a hidden prompt or template tells nothing of it', async () => {
  ruled.publish([{ id: 'rule_1', effect: 'DENY', capabilities: { patterns: ['review', 'db://*'] } }]);
  for (const ref of [
    { type: 'ref/prompt', name: 'Review' },
    { type: 'ref/resource', uri: 'db://{table}/{id}' },
  ]) {
    const body = { jsonrpc: '2.0', id: 1, method: 'completion/complete', params: { ref, argument: { name: 'id', value: '' } } };
    expect((await ruled.legacy('legacy', body)).message().error!.message).toMatch(/^Unknown/);
  }
  expect(ruled.upstreams.asked('completion/complete')).toEqual([]);
});
