import { CreateMessageRequestSchema, ElicitRequestSchema, ListRootsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBridgeGateway, type BridgeGateway } from '../../support/bridge-gateway.ts';
import { connectFirstLineClient } from '../../support/legacy-client.ts';
import { openMcpStream, sendMcp, toolCall } from '../../support/mcp-request.ts';
import { answerModern } from '../../support/modern-stub.ts';
import { startFixtureServer, type FixtureServer } from '../../support/upstreams/fixture-server.ts';
import { isMethod, stubMcpServer, type StubMcpServer } from '../../support/upstreams/stub-mcp-server.ts';

let fixture: FixtureServer;
let stub: StubMcpServer;
let gateway: BridgeGateway;
const urlOf = (server: string) => gateway.processes[0]!.url(server);

beforeAll(async () => {
  [fixture, stub] = await Promise.all([startFixtureServer({ eras: 'modern' }), stubMcpServer()]);
  gateway = await startBridgeGateway({ servers: { fixture: { upstreamUrl: fixture.url }, stub: { upstreamUrl: stub.url } } });
});

afterAll(() => Promise.all([gateway.close(), fixture.close(), stub.close()]));

/** A client that answers everything. */
async function connectAnswering() {
  const client = await connectFirstLineClient(urlOf('fixture'), gateway.key, { elicitation: {}, sampling: {}, roots: {} });
  client.setRequestHandler(ElicitRequestSchema, ({ params }) => ({
    action: 'accept' as const,
    content:
      'color' in (params as { requestedSchema: { properties: object } }).requestedSchema.properties
        ? { color: 'red' }
        : { name: 'Ada', ok: true },
  }));
  client.setRequestHandler(CreateMessageRequestSchema, () => ({
    role: 'assistant' as const,
    model: 'test',
    content: { type: 'text' as const, text: 'Paris' },
  }));
  client.setRequestHandler(ListRootsRequestSchema, () => ({ roots: [{ uri: 'file:///home' }] }));
  return client;
}

describe('a modern upstream that asks back', () => {
  it.each([
    ['test_input_required_result_elicitation', 'Hello, Ada!'],
    ['test_input_required_result_sampling', 'Paris'],
    ['test_input_required_result_list_roots', 'Roots: file:///home'],
    ['test_input_required_result_multiple_inputs', 'All inputs received: elicit, sampling, roots'],
    ['test_input_required_result_multi_round', 'Favorite color: red'],
    ['test_input_required_result_request_state', 'state-ok'],
  ])('is answered by a legacy client: %s', async (tool, text) => {
    const client = await connectAnswering();
    const { content } = await client.callTool({ name: tool, arguments: {} });
    expect((content as { text: string }[])[0]?.text).toContain(text);
    await client.close();
  });

  it('is asked by a prompt as well', async () => {
    const client = await connectAnswering();
    client.setRequestHandler(ElicitRequestSchema, () => ({ action: 'accept' as const, content: { context: 'spring' } }));
    const { messages } = await client.getPrompt({ name: 'test_input_required_result_prompt' });
    expect(JSON.stringify(messages)).toContain('Context: spring');
    await client.close();
  });

  it('asks a client only for what it declared', async () => {
    const client = await connectFirstLineClient(urlOf('fixture'), gateway.key, { sampling: {} });
    client.setRequestHandler(CreateMessageRequestSchema, () => ({
      role: 'assistant' as const,
      model: 'test',
      content: { type: 'text' as const, text: 'Paris' },
    }));
    const result = await client.callTool({ name: 'test_input_required_result_capabilities', arguments: {} });
    expect(JSON.stringify(result.content)).toContain('No more input needed');
    await expect(client.callTool({ name: 'test_input_required_result_elicitation', arguments: {} })).rejects.toThrow('elicitation');
    await client.close();
  });

  it('fails with the error that the client replies with', async () => {
    const client = await connectAnswering();
    client.setRequestHandler(CreateMessageRequestSchema, () => {
      throw new Error('User rejected sampling');
    });
    await expect(client.callTool({ name: 'test_input_required_result_sampling', arguments: {} })).rejects.toThrow('User rejected sampling');
    await client.close();
  });
});

describe('the rounds of a call', () => {
  const opened = { protocolVersion: '2025-11-25', capabilities: { roots: {} }, clientInfo: { name: 'x', version: '1' } };
  const question = {
    resultType: 'input_required',
    inputRequests: { r: { method: 'roots/list' } },
    requestState: 'a "state" — exactly this',
  };

  async function open(): Promise<string> {
    const body = { jsonrpc: '2.0', id: 0, method: 'initialize', params: opened };
    return String((await sendMcp(urlOf('stub'), { key: gateway.key, body })).headers['mcp-session-id']);
  }

  it('repeats the call with the replies and exactly the state that the upstream gave', async () => {
    stub.answer(
      answerModern({
        'tools/call': (message) => ({ result: message.params?.['requestState'] === undefined ? question : { content: [] } }),
      }),
    );
    const session = await open();
    const stream = await openMcpStream(urlOf('stub'), { key: gateway.key, session, body: toolCall(7, 'ask', { n: 1 }) });
    const asked = await stream.readUntil('roots/list');
    const { id } = JSON.parse(asked.split('data: ')[1]!) as { id: number };
    const reply = { jsonrpc: '2.0', id, result: { roots: [] } };
    expect((await sendMcp(urlOf('stub'), { key: gateway.key, session, body: reply })).status).toBe(202);
    expect(await stream.readAll()).toContain('"id":7,"result":{"content":[]}');
    const retry = stub.requests.findLast(isMethod('tools/call'));
    expect(retry?.message?.params).toMatchObject({
      name: 'ask',
      arguments: { n: 1 },
      requestState: question.requestState,
      inputResponses: { r: { roots: [] } },
    });
    expect(retry?.headers).toMatchObject({ 'mcp-method': 'tools/call', 'mcp-name': 'ask', 'mcp-protocol-version': '2026-07-28' });
    expect(retry?.headers).not.toHaveProperty('mcp-session-id');
  });

  it('end after ten', async () => {
    stub.answer(answerModern({ 'tools/call': () => ({ result: { resultType: 'input_required', requestState: 'again' } }) }));
    stub.forget();
    const answer = await sendMcp(urlOf('stub'), { key: gateway.key, session: await open(), body: toolCall(1, 'ask') });
    expect(answer.message()).toMatchObject({ id: 1, error: { code: -32603, message: expect.stringContaining('10 times') as string } });
    expect(stub.requests.filter(isMethod('tools/call'))).toHaveLength(11);
  });

  it('are refused where the upstream asks for what the client does not offer', async () => {
    const unasked = { resultType: 'input_required', inputRequests: { r: { method: 'sampling/createMessage', params: {} } } };
    stub.answer(answerModern({ 'tools/call': () => ({ result: unasked }) }));
    const answer = await sendMcp(urlOf('stub'), { key: gateway.key, session: await open(), body: toolCall(1, 'ask') });
    expect(answer.message()).toMatchObject({
      error: { code: -32603, message: expect.stringContaining('sampling/createMessage') as string },
    });
  });
});
