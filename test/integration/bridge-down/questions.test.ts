import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBridgeGateway, type BridgeGateway } from '../../support/bridge-gateway.ts';
import { connectClient } from '../../support/clients.ts';
import { modernRequest, sendMcp, type McpRequest } from '../../support/mcp-request.ts';
import { startFixtureServer, type FixtureServer } from '../../support/upstreams/fixture-server.ts';
import { startSseFixtureServer } from '../../support/upstreams/sse-fixture-server.ts';
import {
  answerLegacy,
  frame,
  isMethod,
  openEventStream,
  sendJson,
  stubMcpServer,
  type StubMcpServer,
} from '../../support/upstreams/stub-mcp-server.ts';

let fixtures: { readonly http: FixtureServer; readonly sse: FixtureServer };
let stub: StubMcpServer;
let gateway: BridgeGateway;

beforeAll(async () => {
  fixtures = { http: await startFixtureServer({ eras: 'legacy' }), sse: await startSseFixtureServer() };
  stub = await stubMcpServer();
  const servers = {
    http: { upstreamUrl: fixtures.http.url },
    sse: { upstreamUrl: fixtures.sse.url, transport: 'SSE' as const },
    stub: { upstreamUrl: stub.url },
  };
  gateway = await startBridgeGateway({ servers, processes: 2 });
});

afterAll(async () => {
  await gateway.close();
  await Promise.all([fixtures.http.close(), fixtures.sse.close(), stub.close()]);
});

const urlOf = (server: string, process = 0) => gateway.processes[process]!.url(server);
const ASKABLE = { elicitation: {}, sampling: {}, roots: {} };
const TICKET = 'test_input_required_result_elicitation';

interface InputRequired {
  readonly resultType: string;
  readonly inputRequests: Readonly<Record<string, { readonly method: string; readonly params: object }>>;
  readonly requestState: string;
}

/** A call of a client that can be asked everything, or as it says. */
function call(name: string, more: object = {}, capabilities: object = ASKABLE): McpRequest {
  const request = modernRequest(1, 'tools/call', { name, arguments: {}, ...more });
  const { params } = request.body as { params: { _meta: Record<string, unknown> } };
  params._meta['io.modelcontextprotocol/clientCapabilities'] = capabilities;
  return request;
}

async function ask(url: string, name: string): Promise<InputRequired> {
  const answer = await sendMcp(url, { key: gateway.key, ...call(name) });
  return answer.message().result as unknown as InputRequired;
}

function accept(asked: InputRequired, content: object) {
  const inputResponses = Object.fromEntries(Object.keys(asked.inputRequests).map((key) => [key, { action: 'accept', content }]));
  return { inputResponses, requestState: asked.requestState };
}

describe.each(['http', 'sse'])('a question of a legacy upstream (%s)', (server) => {
  it('ends the request, and the answer comes with the next one', async () => {
    const asked = await ask(urlOf(server), TICKET);
    expect(asked.resultType).toBe('input_required');
    expect(Object.values(asked.inputRequests)).toMatchObject([{ method: 'elicitation/create', params: { message: 'What is your name?' } }]);
    const answer = await sendMcp(urlOf(server), { key: gateway.key, ...call(TICKET, accept(asked, { name: 'Ada' })) });
    expect(JSON.stringify(answer.message().result)).toContain('Hello, Ada!');
  });

  it('reaches the handlers of a client of the SDK, in several rounds and several at once', async () => {
    const client = await connectClient(urlOf(server), gateway.key, 'modern', { elicitation: {}, sampling: {}, roots: {} });
    client.setRequestHandler('elicitation/create', ({ params }) => ({ action: 'accept' as const, content: toContent(params.message) }));
    client.setRequestHandler('sampling/createMessage', () => ({
      model: 'm',
      role: 'assistant' as const,
      content: { type: 'text' as const, text: 'Hi' },
    }));
    client.setRequestHandler('roots/list', () => ({ roots: [{ uri: 'file:///here' }] }));
    const rounds = await client.callTool({ name: 'test_input_required_result_multi_round', arguments: {} });
    expect(JSON.stringify(rounds.content)).toContain('Favorite color: blue');
    const several = await client.callTool({ name: 'test_input_required_result_multiple_inputs', arguments: {} });
    expect(JSON.stringify(several.content)).toContain('All inputs received');
    await client.close();
  });

  it('is asked again where it is not answered, or not in a usable form', async () => {
    let asked = await ask(urlOf(server), TICKET);
    for (const inputResponses of [{}, { other: { action: 'accept' } }, { [Object.keys(asked.inputRequests)[0]!]: 7 }]) {
      const answer = await sendMcp(urlOf(server), {
        key: gateway.key,
        ...call(TICKET, { inputResponses, requestState: asked.requestState }),
      });
      const again = answer.message().result as unknown as InputRequired;
      expect(again.inputRequests).toEqual(asked.inputRequests);
      asked = again;
    }
  });

  it('is not asked of a client that cannot answer it', async () => {
    const answer = await sendMcp(urlOf(server), { key: gateway.key, ...call(TICKET, {}, { roots: {} }) });
    expect(answer.message().result).toMatchObject({ resultType: 'complete', isError: true });
  });
});

describe('a parked call', () => {
  it('is served by whichever process gets the client’s answer', async () => {
    const asked = await ask(urlOf('http', 0), TICKET);
    const answer = await sendMcp(urlOf('http', 1), { key: gateway.key, ...call(TICKET, accept(asked, { name: 'Bob' })) });
    expect(JSON.stringify(answer.message().result)).toContain('Hello, Bob!');
  });

  it('cannot be continued with a changed ticket, twice, or by another call', async () => {
    const asked = await ask(urlOf('http'), TICKET);
    const send = (more: object, name = TICKET) => sendMcp(urlOf('http'), { key: gateway.key, ...call(name, more) });
    const changed = await send({ ...accept(asked, { name: 'x' }), requestState: withOtherCharacter(asked.requestState) });
    expect([changed.status, changed.message().error?.code]).toEqual([400, -32602]);
    expect((await send(accept(asked, { name: 'x' }))).status).toBe(200);
    expect((await send(accept(asked, { name: 'x' }))).message().error?.code).toBe(-32602);
    const other = await ask(urlOf('http'), TICKET);
    expect((await send(accept(other, { name: 'x' }), 'test_simple_text')).message().error?.code).toBe(-32602);
  });

  it('is lost with its process, and the client is told so', async () => {
    const local = await startBridgeGateway({ servers: { http: { upstreamUrl: fixtures.http.url } }, processes: 2 });
    const [first, second] = local.processes;
    const asked = (await sendMcp(first!.url('http'), { key: local.key, ...call(TICKET) })).message().result as unknown as InputRequired;
    await first!.kill();
    const answer = await sendMcp(second!.url('http'), { key: local.key, ...call(TICKET, accept(asked, { name: 'x' })) });
    expect(answer.message().error).toMatchObject({ code: -32602, message: expect.stringContaining('has ended') });
    await local.close();
  });

  it('keeps an answer that comes while the client is away', async () => {
    const answered = scriptCall((response, id) => {
      response.write(frame({ jsonrpc: '2.0', id: 'q', method: 'roots/list' }));
      return () => response.end(frame({ jsonrpc: '2.0', id, result: { content: [], gaveUp: true } }));
    });
    const asked = await ask(urlOf('stub'), 'x');
    (await answered)();
    const answer = await sendMcp(urlOf('stub'), { key: gateway.key, ...call('x', accept(asked, {})) });
    stub.answer(answerLegacy);
    expect(answer.message().result).toMatchObject({ gaveUp: true, resultType: 'complete' });
  });

  it('answers the upstream under the id that it asked with', async () => {
    stub.forget();
    void scriptCall((response, id) => {
      response.write(frame({ jsonrpc: '2.0', id: 'question-9', method: 'roots/list' }));
      void stub
        .waitFor(({ message }) => message?.id === 'question-9')
        .then(() => response.end(frame({ jsonrpc: '2.0', id, result: { content: [] } })));
      return () => undefined;
    });
    const asked = await ask(urlOf('stub'), 'x');
    const key = Object.keys(asked.inputRequests)[0]!;
    const inputResponses = { [key]: { roots: [{ uri: 'file:///x' }] } };
    await sendMcp(urlOf('stub'), { key: gateway.key, ...call('x', { inputResponses, requestState: asked.requestState }) });
    const reply = await stub.waitFor(({ message }) => message?.id === 'question-9');
    stub.answer(answerLegacy);
    expect(reply.message?.result).toEqual({ roots: [{ uri: 'file:///x' }] });
  });
});

it('an upstream that wants pages to be visited first has them asked for, and is called again', async () => {
  let visits = 0;
  stub.answer((request, response) => {
    if (request.message?.method !== 'tools/call') return answerLegacy(request, response);
    if (visits++ > 0) return sendJson(response, { jsonrpc: '2.0', id: request.message.id, result: { content: [] } });
    const elicitations = [{ mode: 'url', message: 'Sign in', url: 'https://example.com/in', elicitationId: 'e1' }];
    sendJson(response, { jsonrpc: '2.0', id: request.message.id, error: { code: -32042, message: 'visit', data: { elicitations } } });
  });
  const capabilities = { elicitation: { url: {} } };
  const first = await sendMcp(urlOf('stub'), { key: gateway.key, ...call('x', {}, capabilities) });
  const asked = first.message().result as unknown as InputRequired;
  expect(Object.values(asked.inputRequests)).toEqual([
    { method: 'elicitation/create', params: { mode: 'url', message: 'Sign in', url: 'https://example.com/in' } },
  ]);
  const { inputResponses } = accept(asked, {});
  const second = await sendMcp(urlOf('stub'), { key: gateway.key, ...call('x', { inputResponses }, capabilities) });
  stub.answer(answerLegacy);
  expect(second.message().result).toMatchObject({ resultType: 'complete' });
});

it('what an upstream asks outside of any call is asked with the next one, before that one is made', async () => {
  const streams: { write(text: string): void }[] = [];
  stub.answer((request, response) => {
    if (request.method !== 'GET') return answerLegacy(request, response);
    openEventStream(response);
    streams.push(response);
    response.write(frame({ jsonrpc: '2.0', id: 77, method: 'roots/list' }));
  });
  const capabilities = { roots: {}, experimental: { own: {} } };
  await sendMcp(urlOf('stub'), { key: gateway.key, ...call('first', {}, capabilities), ...withMethod('prompts/list', capabilities) });
  stub.forget();
  const first = await sendMcp(urlOf('stub'), { key: gateway.key, ...call('x', {}, capabilities) });
  const asked = first.message().result as unknown as InputRequired;
  expect(Object.values(asked.inputRequests)).toEqual([{ method: 'roots/list', params: {} }]);
  expect(stub.requests.some(isMethod('tools/call'))).toBe(false);
  await sendMcp(urlOf('stub'), { key: gateway.key, ...call('x', accept(asked, {}), capabilities) });
  stub.answer(answerLegacy);
  expect(stub.requests.filter(({ message }) => message?.id === 77 || message?.method === 'tools/call')).toHaveLength(2);
});

/** Another character in the middle, where each bit of it counts. */
function withOtherCharacter(text: string): string {
  const at = Math.floor(text.length / 2);
  return text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
}

function withMethod(method: string, capabilities: object): McpRequest {
  const request = modernRequest(1, method);
  const { params } = request.body as { params: { _meta: Record<string, unknown> } };
  params._meta['io.modelcontextprotocol/clientCapabilities'] = capabilities;
  return request;
}

type Stream = Parameters<typeof openEventStream>[0];

/** Answers the next tools/call as scripted, everything else as usual. Resolves with what the script returned. */
function scriptCall(script: (response: Stream, id: unknown) => () => void): Promise<() => void> {
  return new Promise((resolve) => {
    stub.answer((request, response) => {
      if (request.message?.method !== 'tools/call') return answerLegacy(request, response);
      openEventStream(response);
      resolve(script(response, request.message.id));
    });
  });
}

function toContent(message: string): Record<string, string> {
  return message.includes('color') ? { color: 'blue' } : { name: 'Ada' };
}
