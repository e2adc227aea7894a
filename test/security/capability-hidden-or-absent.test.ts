// What is hidden must not be told from what is not there: neither by the words of the answer, nor by its form, nor by the time it takes.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { initialize, modernRequest, openSession, sendMcp, toolCall, type McpAnswer } from '../support/mcp-request.ts';
import { startRuledGateway, type RuledGateway } from '../support/ruled-gateway.ts';

let ruled: RuledGateway;

/** Of the same length as the name of what is there, and in no list of the upstream, which says so in its own words. */
const ABSENT = 'absent_repo';

beforeAll(async () => {
  ruled = await startRuledGateway([
    { id: 'rule_1', effect: 'DENY', capabilities: { patterns: ['delete_repo', 'review', 'file:///secret/*'] } },
  ]);
});
afterAll(() => ruled.close());

/** All that a client sees, with the name in it put out. */
function toShape({ body, headers, status }: McpAnswer, name: string): unknown {
  const { date: _date, 'content-length': _length, 'keep-alive': _alive, ...rest } = headers;
  return {
    status,
    headers: rest,
    body: JSON.stringify(JSON.parse(body.toString('utf8').replace(/^[\s\S]*?data: /, ''))).replaceAll(name, 'NAME'),
  };
}

describe.each(['legacy', 'modern', 'sse'] as const)('on an upstream that is %s,', (upstream) => {
  it.each([
    ['tools/call', 'delete_repo', ABSENT],
    ['prompts/get', 'review', 'absent'],
  ])('%s answers a legacy and a modern client alike', async (method, hidden, absent) => {
    const session = await openSession(ruled.url(upstream), ruled.gateway.key);
    const sendLegacy = (name: string) => ruled.legacy(upstream, { jsonrpc: '2.0', id: 7, method, params: { name } }, { session });
    const sendModern = (name: string) => ruled.modern(upstream, method, { name });
    for (const send of [sendLegacy, sendModern]) {
      const shown = toShape(await send(absent), absent);
      expect(toShape(await send(hidden), hidden)).toEqual(shown);
    }
  });
});

it('a call without an id is accepted either way', async () => {
  const session = await openSession(ruled.url('legacy'), ruled.gateway.key);
  const send = (name: string) => ruled.legacy('legacy', { jsonrpc: '2.0', method: 'tools/call', params: { name } }, { session });
  expect([(await send('delete_repo')).status, (await send(ABSENT)).status]).toEqual([202, 202]);
  expect(ruled.upstreams.asked('tools/call').map(({ params }) => params!['name'])).not.toContain('delete_repo');
});

it('takes about as long as the server takes', async () => {
  ruled.upstreams.delay(150);
  const timed = async (name: string) => {
    const startedAt = performance.now();
    await ruled.modern('modern', 'tools/call', { name });
    return performance.now() - startedAt;
  };
  for (let i = 0; i < 16; i++) await timed(ABSENT);
  const [hiddenMs, absentMs] = [await timed('delete_repo'), await timed(ABSENT)];
  ruled.upstreams.delay(0);
  expect(hiddenMs).toBeGreaterThan(100);
  expect(Math.abs(hiddenMs - absentMs)).toBeLessThan(100);
});

it('is the same for a renamed tool by its old name', async () => {
  const overrides = [{ kind: 'TOOL' as const, name: 'search', exposedName: 'find' }];
  const renamed = await startRuledGateway([], { newCapabilities: 'ALLOW', pinsDefinitions: false, overrides });
  const send = (name: string) => renamed.legacy('legacy', toolCall(1, name));
  expect((await send('find')).message().result).toMatchObject({ done: 'search' });
  expect((await send('search')).message().error).toEqual({ code: -32602, message: 'Unknown tool: search' });
  expect((await send('absent')).message().error).toEqual({ code: -32602, message: 'Unknown tool: absent' });
  const modern = await sendMcp(renamed.url('modern'), { key: renamed.gateway.key, ...modernRequest(1, 'tools/call', { name: 'find' }) });
  expect(modern.message().result).toMatchObject({ done: 'search' });
  expect((await sendMcp(renamed.url('modern'), { key: renamed.gateway.key, body: initialize() })).status).toBe(200);
  await renamed.close();
});
