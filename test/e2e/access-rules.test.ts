import { afterAll, beforeAll, expect, it } from 'vitest';
import { modernRequest, openMcpStream, openSession, sendMcp, toolCall } from '../support/mcp-request.ts';
import { startStubbedServer, type StubbedServer } from '../support/stubbed-server.ts';
import { answerLegacy, isMethod, openEventStream, sendJson } from '../support/upstreams/stub-mcp-server.ts';

let stubbed: StubbedServer;

beforeAll(async () => {
  stubbed = await startStubbedServer();
  stubbed.stub.answer((request, response) => {
    if (request.method === 'GET') return openEventStream(response);
    const { message } = request;
    if (message?.method !== 'tools/list') return answerLegacy(request, response);
    sendJson(response, { jsonrpc: '2.0', id: message.id, result: { tools: [{ name: 'drop_table' }, { name: 'search' }] } });
  });
});
afterAll(() => stubbed.stub.close());

it('a rule that an administrator adds holds on every data plane with its revision: for lists, calls and open streams', async () => {
  const { key, server, stub, world } = stubbed;
  const urls = world.gateway.replicas.map(({ url }) => url + server.path);
  const session = await openSession(server.url, key.plain);
  const stream = await openMcpStream(urls[0]!, { key: key.plain, session });
  expect(stream.status).toBe(200);
  await world.api.run(
    `mutation ($input: AccessRuleCreateInput!) {
      accessRuleCreate(input: $input) { snapshotRevision userErrors { code message field } }
    }`,
    { input: { accessGrantId: server.grantId, name: 'No dropping', effect: 'DENY', capabilities: { patterns: ['drop_*'] } } },
    'accessRuleCreate',
  );
  await world.enforced();
  await stream.readAll();
  stub.forget();
  for (const url of urls) {
    const listed = await sendMcp(url, { key: key.plain, session, body: { jsonrpc: '2.0', id: 1, method: 'tools/list' } });
    expect(listed.message().result).toEqual({ tools: [{ name: 'search' }] });
    const refused = await sendMcp(url, { key: key.plain, session, body: toolCall(2, 'drop_table') });
    expect(refused.message().error).toEqual({ code: -32602, message: 'Unknown tool: drop_table' });
    expect((await sendMcp(url, { key: key.plain, session, body: toolCall(3, 'search') })).message().result).toBeDefined();
    const modern = await sendMcp(url, { key: key.plain, ...modernRequest(4, 'tools/call', { name: 'Drop_Table' }) });
    expect(modern.message().error).toMatchObject({ code: -32602 });
  }
  expect(stub.requests.filter(isMethod('tools/call')).map(({ message }) => message!.params!['name'])).toEqual(['search', 'search']);
});
