import { beforeAll, describe, expect, it } from 'vitest';
import { isCallback, OauthClient, register, REDIRECT_URI, toCode } from '../../support/oauth-client.ts';
import { useSharedControlPlane } from '../../support/control-plane.ts';
import { createOauthWorld, type OauthWorld } from '../../support/oauth-world.ts';

let world: OauthWorld;
beforeAll(async () => {
  world = await createOauthWorld(await useSharedControlPlane());
});

/** What each client sends to register, as it was seen. */
const CLIENTS: Readonly<Record<string, object>> = {
  'Claude Code': {
    client_name: 'Claude Code (docs)',
    redirect_uris: ['http://localhost:53129/callback'],
    application_type: 'native',
    scope: 'mcp offline_access',
    grant_types: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: 'none',
  },
  'claude.ai': {
    client_name: 'Claude',
    redirect_uris: ['https://claude.ai/api/mcp/auth_callback', 'https://claude.com/api/mcp/auth_callback'],
    token_endpoint_auth_method: 'client_secret_post',
  },
  Cursor: {
    client_name: 'Cursor',
    application_type: 'web',
    redirect_uris: [
      'cursor://anysphere.cursor-mcp/oauth/callback',
      'https://www.cursor.com/agents/mcp/oauth/callback',
      'http://localhost:8787/callback',
    ],
  },
  'VS Code': {
    client_name: 'Visual Studio Code',
    grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
    redirect_uris: ['https://vscode.dev/redirect', 'http://127.0.0.1/', 'http://127.0.0.1:33418/'],
    application_type: 'native',
  },
  'a client without a type': { redirect_uris: ['http://127.0.0.1:3334/oauth/callback'], scope: '' },
  'a client with every field there is': {
    redirect_uris: [REDIRECT_URI],
    require_auth_time: true,
    default_max_age: 5,
    id_token_signed_response_alg: 'RS256',
    response_types: ['code', 'token'],
    scope: 'unknown openid',
  },
};

describe('registers', () => {
  it.each(Object.keys(CLIENTS))('%s', async (name) => {
    const answer = await register(world.issuer, CLIENTS[name]!);
    expect(answer.body).toMatchObject({ client_id: expect.any(String) as string, response_types: ['code'], scope: 'mcp' });
    expect(answer.body['grant_types']).toEqual(['authorization_code', 'refresh_token']);
    expect(answer.status).toBe(201);
  });

  it.each([
    ['a redirect over plain http', { redirect_uris: ['http://app.example/callback'] }, 'invalid_redirect_uri'],
    ['no redirect', { redirect_uris: [] }, 'invalid_redirect_uri'],
    ['a scheme that runs code', { redirect_uris: ['javascript:alert(1)'] }, 'invalid_redirect_uri'],
    ['a name that hides its order', { redirect_uris: [REDIRECT_URI], client_name: 'a\u202eb' }, 'invalid_client_metadata'],
    ['a machine client', { redirect_uris: [REDIRECT_URI], token_endpoint_auth_method: 'tls_client_auth' }, 'invalid_client_metadata'],
  ])('not: %s', async (_name, metadata, error) => {
    expect(await register(world.issuer, metadata)).toMatchObject({ status: 400, body: { error } });
  });
});

it('takes any port of a loopback redirect that was registered with another', async () => {
  const client = await OauthClient.register(world.issuer, { redirect_uris: ['http://127.0.0.1:9/callback'] });
  const page = await client.open(world.browser, { resource: world.resource });
  expect(page.status).toBe(200);
});

it('needs no scope, and takes the server URL with a slash or in another case', async () => {
  const client = await OauthClient.register(world.issuer);
  const spelled = `${world.resource.replace('http://gateway.test', 'HTTP://GATEWAY.test')}/`;
  const answer = await client.connect(world.browser, spelled);
  expect(answer).toMatchObject({ status: 200, scope: 'mcp' });
  expect(await client.refresh(answer.refresh_token!, { resource: spelled })).toMatchObject({ status: 200 });
});

it('tells a client that names no server, or none that there is, what is missing', async () => {
  const client = await OauthClient.register(world.issuer);
  const nameless = await client.open(world.browser, {});
  expect(nameless.url.searchParams.get('error')).toBe('invalid_target');
  expect(nameless.url.searchParams.get('error_description')).toContain('resource');
  const unknown = await client.open(world.browser, { resource: world.resource.replace('/mcp', '-other/mcp') });
  const foreign = await client.open(world.browser, { resource: 'https://elsewhere.example/a/b/mcp' });
  expect(unknown.url.search).toBe(foreign.url.search);
  expect(unknown.url.searchParams.get('error')).toBe('invalid_target');
});

it('lets two refreshes with one token both succeed', async () => {
  const client = await OauthClient.register(world.issuer);
  const { refresh_token: token } = await client.connect(world.browser, world.resource);
  const answers = await Promise.all([client.refresh(token!), client.refresh(token!), client.refresh(token!)]);
  expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200]);
  expect(await client.refresh(answers[0].refresh_token!)).toMatchObject({ status: 200 });
});

it('works for a client with a secret', async () => {
  const answer = await register(world.issuer, { redirect_uris: [REDIRECT_URI], token_endpoint_auth_method: 'client_secret_post' });
  const client = new OauthClient(world.issuer, answer.body['client_id'] as string);
  const asked = await client.open(world.browser, { resource: world.resource });
  const code = toCode(await world.browser.press(asked, 'Allow', {}, { stopAt: isCallback }));
  expect(await client.redeem(code)).toMatchObject({ status: 401, error: 'invalid_client' });
  const secret = answer.body['client_secret'] as string;
  expect(await client.redeem(code, { client_secret: secret })).toMatchObject({ status: 200 });
  expect(JSON.stringify(await world.query('SELECT * FROM oauth_records'))).not.toContain(secret);
});

describe('the metadata', () => {
  it.each(['oauth-authorization-server', 'openid-configuration'])(
    '%s says what clients need, and nothing that breaks them',
    async (name) => {
      const answer = await fetch(`${world.issuer}/.well-known/${name}`, {
        headers: { host: 'evil.example', 'x-forwarded-host': 'evil.example' },
      });
      const metadata = (await answer.json()) as Record<string, unknown>;
      const { issuer } = world;
      expect(metadata).toMatchObject({
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        registration_endpoint: `${issuer}/register`,
        revocation_endpoint: `${issuer}/revoke`,
        jwks_uri: `${issuer}/jwks`,
        response_types_supported: ['code'],
        code_challenge_methods_supported: ['S256'],
        authorization_response_iss_parameter_supported: true,
        client_id_metadata_document_supported: true,
        scopes_supported: expect.arrayContaining(['mcp']) as string[],
      });
      expect(metadata['grant_types_supported']).toEqual(['authorization_code', 'refresh_token']);
      expect(metadata['token_endpoint_auth_methods_supported']).toContain('none');
      expect(JSON.stringify(metadata)).not.toMatch(/offline_access|evil|implicit/);
    },
  );
});

describe('a client that lives in a page', () => {
  it.each(['/register', '/token', '/revoke', '/jwks', '/.well-known/oauth-authorization-server', '/.well-known/openid-configuration'])(
    'may call %s',
    async (path) => {
      const headers = {
        origin: 'https://app.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'mcp-protocol-version',
      };
      const preflight = await fetch(world.issuer + path, { method: 'OPTIONS', headers });
      expect(preflight.status).toBe(204);
      expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
      expect(preflight.headers.get('access-control-allow-headers')).toContain('mcp-protocol-version');
      const method = /register|token|revoke/.test(path) ? 'POST' : 'GET';
      const answer = await fetch(world.issuer + path, { method, headers: { origin: 'https://app.example' } });
      expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    },
  );

  it('may not call the page that asks people', async () => {
    const answer = await fetch(`${world.issuer}/authorize`, { method: 'OPTIONS' });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });
});
