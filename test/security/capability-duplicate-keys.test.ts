// JSON with a key twice, or in two spellings: the gateway would read one of them, and the upstream perhaps the other (RFC 8259 section 4).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendMcp } from '../support/mcp-request.ts';
import { startRuledGateway, type RuledGateway } from '../support/ruled-gateway.ts';

let ruled: RuledGateway;

beforeAll(async () => {
  ruled = await startRuledGateway();
});
afterAll(() => ruled.close());

const call = (params: string) => `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${params}}`;

describe('a message that could be read in two ways is refused:', () => {
  it.each([
    ['a name twice', call('{"name":"delete_repo","name":"search"}')],
    ['a name twice, once escaped', call('{"name":"delete_repo","n\\u0061me":"search"}')],
    ['a name in two cases', call('{"Name":"delete_repo","name":"search"}')],
    ['a name in another case only', call('{"NAME":"delete_repo"}')],
    ['a name with a Kelvin sign in its arguments', call('{"name":"search","arguments":{"k":1,"\u212a":2}}')],
    ['arguments twice', call('{"name":"search","arguments":{"a":1},"arguments":{"a":2}}')],
    ['an argument twice', call('{"name":"search","arguments":{"a":1,"a":2}}')],
    ['parameters twice', `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"delete_repo"},"params":{"name":"search"}}`],
    ['a method twice', `{"jsonrpc":"2.0","id":1,"method":"tools/call","method":"ping","params":{"name":"delete_repo"}}`],
    ['a method in two cases', `{"jsonrpc":"2.0","id":1,"Method":"tools/call","method":"ping","params":{"name":"delete_repo"}}`],
    [
      'a method with the long s',
      `{"jsonrpc":"2.0","id":1,"param\u017f":{"name":"delete_repo"},"method":"tools/call","params":{"name":"search"}}`,
    ],
    ['an element of a batch', `[${call('{"name":"delete_repo","name":"search"}')}]`],
  ])('%s', async (_what, body) => {
    ruled.upstreams.forget();
    const answer = await ruled.legacy('legacy', body);
    expect([answer.status, answer.message().error!.code]).toEqual([400, -32600]);
    for (const method of ['tools/call', 'ping']) expect(ruled.upstreams.asked(method)).toEqual([]);
  });

  it('bytes that are no UTF-8', async () => {
    const body = Buffer.concat([Buffer.from('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"delete_'), Buffer.from([0xff]), Buffer.from('repo"}}')]); // prettier-ignore
    expect((await ruled.legacy('legacy', body)).status).toBe(400);
    expect(ruled.upstreams.asked('tools/call')).toEqual([]);
  });
});

it('the same word on different levels, and in texts, is no such thing', async () => {
  const body = call(
    '{"name":"search","arguments":{"name":"a","method":"{\\"name\\":1,\\"name\\":2}","params":[{"name":"b"},{"name":"c"}]}}',
  );
  expect((await ruled.legacy('legacy', body)).message().result).toMatchObject({ done: 'search' });
});

it('where nothing is restricted, the upstream gets what the client sent', async () => {
  ruled.publish([]);
  ruled.upstreams.forget();
  const body = call('{"name":"delete_repo","name":"search"}');
  expect((await sendMcp(ruled.url('legacy'), { key: ruled.gateway.key, body })).status).toBe(200);
  expect(ruled.upstreams.asked('tools/call')).toHaveLength(1);
});
