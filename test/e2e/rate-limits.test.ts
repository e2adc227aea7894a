import { afterAll, beforeAll, expect, it } from 'vitest';
import { openMcpStream, sendMcp, toolCall } from '../support/mcp-request.ts';
import { startStubbedServer, type StubbedServer } from '../support/stubbed-server.ts';
import { answerLegacy, isMethod, openEventStream } from '../support/upstreams/stub-mcp-server.ts';

let stubbed: StubbedServer;

beforeAll(async () => {
  stubbed = await startStubbedServer();
});
afterAll(() => stubbed.stub.close());

async function addLimit(input: object): Promise<void> {
  const { server, world } = stubbed;
  const whole = { organizationId: world.organizationId, name: JSON.stringify(input), mcpServerId: server.id, ...input };
  await world.api.run(
    `mutation ($input: RateLimitCreateInput!) {
      rateLimitCreate(input: $input) { snapshotRevision userErrors { code message field } }
    }`,
    { input: whole },
    'rateLimitCreate',
  );
  await world.enforced();
}

it('the calls of a tool are counted over both data planes, and the one too many is told when to come back', async () => {
  const { key, server, stub, world } = stubbed;
  await addLimit({ toolName: 'rated', maxRequests: 3, windowSeconds: 3_600 });
  const urls = world.gateway.replicas.map(({ url }) => url + server.path);
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, i) => sendMcp(urls[i % 2]!, { key: key.plain, body: toolCall(i + 1, 'rated') })),
  );
  const refused = answers.filter(({ status }) => status === 429);
  expect([answers.filter(({ status }) => status === 200).length, refused.length]).toEqual([3, 5]);
  expect(stub.requests.filter(isMethod('tools/call'))).toHaveLength(3);
  expect(Number(refused[0]!.headers['retry-after'])).toBeGreaterThan(3_500);
  expect(refused[0]!.message()).toMatchObject({ id: expect.any(Number), error: { code: 429 } });
  expect((await sendMcp(urls[0]!, { key: key.plain, body: toolCall(1, 'another') })).status).toBe(200);
});

it('a call under way holds its slot on both data planes, until its client leaves', async () => {
  const { key, server, stub, world } = stubbed;
  await addLimit({ toolName: 'slow', maxConcurrent: 1 });
  const urls = world.gateway.replicas.map(({ url }) => url + server.path);
  stub.answer((request, response) =>
    request.message?.params?.['name'] === 'slow' ? openEventStream(response) : answerLegacy(request, response),
  );
  const running = await openMcpStream(urls[0]!, { key: key.plain, body: toolCall(1, 'slow') });
  expect(running.status).toBe(200);
  expect((await sendMcp(urls[1]!, { key: key.plain, body: toolCall(2, 'slow') })).status).toBe(429);
  running.leave();
  stub.answer(answerLegacy);
  await expect.poll(async () => (await sendMcp(urls[1]!, { key: key.plain, body: toolCall(3, 'slow') })).status).toBe(200);
});
