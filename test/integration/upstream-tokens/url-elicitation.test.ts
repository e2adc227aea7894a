import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ok } from '../../../foundation/result.ts';
import { modernRequest, sendMcp, toolCall, type McpRequest } from '../../support/mcp-request.ts';
import { connectionsDocument } from '../../support/test-snapshot.ts';
import { startTokenGateway, type TokenGateway } from '../../support/token-gateway.ts';
import { startFixtureServer, type FixtureServer } from '../../support/upstreams/fixture-server.ts';

const CONNECTION = { id: 'con_docs', subjectId: 'usr_1' };

let upstream: FixtureServer;
let world: TokenGateway;
let url: string;

beforeAll(async () => {
  upstream = await startFixtureServer({ eras: 'both' });
  const servers = { drive: { upstreamUrl: upstream.url, authentication: 'OAUTH' as const, granularity: 'USER' as const } };
  const tokens = { obtain: async () => ok({ accessToken: 't', epoch: 0, serial: 1 }) };
  world = await startTokenGateway({ servers, tokens, documents: [connectionsDocument('mcps_drive', [CONNECTION])] });
  url = world.gateway.processes[0]!.url('drive');
});

afterAll(async () => {
  await world.close();
  await upstream.close();
});

const connect = (needsAuthorization: boolean) =>
  world.publish([connectionsDocument('mcps_drive', [{ ...CONNECTION, needsAuthorization }])]);

/** A legacy session of a client that declares this. */
async function open(key: string, capabilities: object): Promise<string> {
  const params = { protocolVersion: '2025-11-25', capabilities, clientInfo: { name: 'test', version: '1' } };
  const answer = await sendMcp(url, { key, body: { jsonrpc: '2.0', id: 1, method: 'initialize', params } });
  const session = String(answer.headers['mcp-session-id']);
  await sendMcp(url, { key, session, body: { jsonrpc: '2.0', method: 'notifications/initialized' } });
  return session;
}

const LEGACY = { 'mcp-protocol-version': '2025-11-25' };
const page = () => `${world.issuer.issuer}/connect/test/drive`;

function modernCall(capabilities: object, extra: object = {}): McpRequest {
  const request = modernRequest(7, 'tools/call', { name: 'test_simple_text', arguments: {}, ...extra });
  const body = request.body as { params: { _meta: Record<string, unknown> } };
  body.params._meta['io.modelcontextprotocol/clientCapabilities'] = capabilities;
  return request;
}

describe('a call whose connection has died', () => {
  it('asks a legacy client that offers pages to open one, and goes through once it is connected', async () => {
    connect(false);
    const token = await world.sign({ aud: 'http://127.0.0.1/test/drive/mcp' });
    for (const key of [world.gateway.key, token]) {
      connect(false);
      const session = await open(key, { elicitation: { url: {} } });
      connect(true);
      const asked = await sendMcp(url, { key, session, headers: LEGACY, body: toolCall(5, 'test_simple_text') });
      expect(asked.status).toBe(200);
      expect(asked.message()).toMatchObject({
        id: 5,
        error: {
          code: -32042,
          data: { elicitations: [{ mode: 'url', url: page(), elicitationId: expect.any(String), message: expect.any(String) }] },
        },
      });
      connect(false);
      const answer = await sendMcp(url, { key, session, headers: LEGACY, body: toolCall(6, 'test_simple_text') });
      expect(JSON.stringify(answer.message().result)).toContain('simple text response');
    }
  });

  it('does not ask a client that does not offer it, or whose revision does not know it', async () => {
    connect(false);
    const [forms, pages] = [
      await open(world.gateway.key, { elicitation: {} }),
      await open(world.gateway.key, { elicitation: { url: {} } }),
    ];
    connect(true);
    const body = toolCall(5, 'x');
    const withForms = await sendMcp(url, { key: world.gateway.key, session: forms, headers: LEGACY, body });
    const older = await sendMcp(url, { key: world.gateway.key, session: pages, headers: { 'mcp-protocol-version': '2025-06-18' }, body });
    for (const answer of [withForms, older]) expect(answer.message().error).toMatchObject({ code: -32600, data: { url: page() } });
  });

  it('asks a modern client by a result, and is completed by its answer once the person is through', async () => {
    connect(true);
    const capabilities = { elicitation: { url: {} } };
    const key = await world.sign({ aud: 'http://127.0.0.1/test/drive/mcp' });
    const asked = await sendMcp(url, { key, ...modernCall(capabilities) });
    expect(asked.status).toBe(200);
    const { resultType, inputRequests } = asked.message().result as { resultType: string; inputRequests: Record<string, unknown> };
    expect(resultType).toBe('input_required');
    const [[name, question] = ['', undefined]] = Object.entries(inputRequests);
    expect(question).toEqual({ method: 'elicitation/create', params: { mode: 'url', url: page(), message: expect.any(String) } });

    const agreed = sendMcp(url, { key, ...modernCall(capabilities, { inputResponses: { [name]: { action: 'accept' } } }) });
    connect(false);
    expect(JSON.stringify((await agreed).message().result)).toContain('simple text response');
  });

  it('does not ask a person twice who said no, nor a modern client that does not offer it', async () => {
    connect(true);
    const { key } = world.gateway;
    const no = { inputResponses: { 'sluice-connect': { action: 'decline' } } };
    for (const call of [modernCall({ elicitation: { url: {} } }, no), modernCall({ elicitation: { form: {} } }), modernCall({})]) {
      expect((await sendMcp(url, { key, ...call })).message().error?.data).toEqual({ url: page() });
    }
  });
});
