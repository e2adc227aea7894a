import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ConnectionClientCreateDocument,
  ConnectionReconnectDocument,
  type ConnectionClientInput,
} from '../../support/generated/graphql.ts';
import { TokenWorld } from '../../support/token-world.ts';
import { stubMcpServer } from '../../support/upstreams/stub-mcp-server.ts';
import { startOAuthUpstream, type OAuthUpstream } from '../../support/upstreams/oauth-upstream.ts';

const SECRET = 'the-secret-of-a-machine-that-is-long';
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const machine = { redirect_uris: [], response_types: [], grant_types: ['client_credentials'] };

let world: TokenWorld;
let upstream: OAuthUpstream;

beforeAll(async () => {
  world = await TokenWorld.create();
  upstream = await startOAuthUpstream({
    registration: 'closed',
    clients: [
      { ...machine, client_id: 'basic', client_secret: SECRET, token_endpoint_auth_method: 'client_secret_basic' },
      { ...machine, client_id: 'post', client_secret: SECRET, token_endpoint_auth_method: 'client_secret_post' },
      {
        ...machine,
        client_id: 'key',
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: 'ES256',
        jwks: { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'machine', alg: 'ES256', use: 'sig' }] },
      },
    ],
  });
});
afterAll(async () => {
  await upstream.close();
  await world.stop();
});

async function create(client: Partial<ConnectionClientInput> & { clientId: string }, method?: 'CLIENT_SECRET_POST') {
  const oauth = method === undefined ? undefined : { tokenEndpointAuthMethod: method };
  const server = await world.hub.addServer({ url: upstream.url, authentication: 'CLIENT_CREDENTIALS', oauth });
  const input = { mcpServerId: server.id, subjectId: world.hub.organizationId, clientCredentials: client };
  const { connectionCreate } = await world.plane.run(world.plane.adminKey, ConnectionClientCreateDocument, { input });
  return { server, ...connectionCreate };
}

describe('client credentials', () => {
  it.each([
    ['basic', { clientSecret: SECRET }, undefined],
    ['post', { clientSecret: SECRET }, 'CLIENT_SECRET_POST'],
    ['key', { privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() }, undefined],
    ['key', { privateKey: JSON.stringify(privateKey.export({ format: 'jwk' })) }, undefined],
  ] as const)('get a token for the client %s', async (clientId, proof, method) => {
    const { connection, userErrors } = await create({ clientId, ...proof }, method);
    expect(userErrors).toEqual([]);
    expect(connection).toMatchObject({ state: 'CONNECTED', reason: null, client: { clientId } });
    const token = await world.askToken(connection!.id);
    expect(await upstream.authorizationServer.findAccount(token.accessToken, upstream.url)).toBe(clientId);
    expect((await world.askToken(connection!.id, token.serial)).serial).toBe(token.serial + 1);
  });

  it('need no discovery where the settings name the token endpoint', async () => {
    const silent = await stubMcpServer();
    silent.answer((_request, response) => void response.writeHead(500).end());
    const oauth = { tokenEndpoint: `${upstream.authorizationServer.issuer}/token`, resource: upstream.url };
    const server = await world.hub.addServer({ url: silent.url, authentication: 'CLIENT_CREDENTIALS', oauth });
    const input = {
      mcpServerId: server.id,
      subjectId: world.hub.organizationId,
      clientCredentials: { clientId: 'basic', clientSecret: SECRET },
    };
    const { connectionCreate } = await world.plane.run(world.plane.adminKey, ConnectionClientCreateDocument, { input });
    await silent.close();
    expect(connectionCreate).toMatchObject({ userErrors: [], connection: { state: 'CONNECTED', reason: null } });
  });

  it('say whose turn it is where the client is refused, and never show its secret', async () => {
    const { server, connection } = await create({ clientId: 'basic', clientSecret: 'not-the-secret' });
    expect(await world.read(server.id, world.hub.organizationId)).toMatchObject({
      state: 'NEEDS_AUTHORIZATION',
      reason: expect.stringMatching(/Enter them again/) as unknown,
    });
    expect(await world.ask(connection!.id)).toEqual({ outcome: 'needs_authorization' });
    expect(JSON.stringify(await world.sql('SELECT * FROM connection_tokens'))).not.toContain('not-the-secret');
  });

  it('are obtained anew without a person', async () => {
    const { connection } = await create({ clientId: 'basic', clientSecret: SECRET });
    const { serial } = await world.askToken(connection!.id);
    const { connectionReconnect } = await world.plane.run(world.plane.adminKey, ConnectionReconnectDocument, { id: connection!.id });
    expect(connectionReconnect).toMatchObject({ authorizationUrl: null, userErrors: [] });
    expect((await world.askToken(connection!.id)).serial).toBe(serial + 1);
  });

  it('are refused with every fault, and repeat no secret', async () => {
    for (const proof of [{}, { clientSecret: SECRET, privateKey: 'x' }, { privateKey: 'top-secret-nonsense' }]) {
      const { userErrors } = await create({ clientId: 'basic', ...proof });
      expect(userErrors).toMatchObject([{ code: 'INVALID' }]);
      expect(JSON.stringify(userErrors)).not.toContain('nonsense');
    }
  });
});
