import { beforeAll, describe, expect, it } from 'vitest';
import { Client } from 'pg';
import { useSharedControlPlane, type TestControlPlane } from '../../support/control-plane.ts';
import {
  McpServerCreateDocument,
  McpServerOauthDocument,
  McpServerUpdateDocument,
  type McpServerOauthInput,
} from '../../support/generated/graphql.ts';
import { HubWorld, unique } from '../../support/hub-world.ts';

const SECRET = 'top-secret-of-the-client';
let plane: TestControlPlane;
let world: HubWorld;

beforeAll(async () => {
  plane = await useSharedControlPlane();
  world = await HubWorld.create(plane);
});

describe('the OAuth settings of a server', () => {
  it('are not there until they are set', async () => {
    expect(await read((await world.addServer()).id)).toBeNull();
  });

  it('come back as they were entered, the secret excepted', async () => {
    const oauth = {
      clientId: 'client-1',
      clientSecret: SECRET,
      scopes: ['read', 'write'],
      authorizeParameters: [{ name: 'access_type', value: 'offline' }],
      tokenEndpoint: 'https://as.example/token',
      tokenEndpointAuthMethod: 'CLIENT_SECRET_POST',
      audience: 'https://api.example',
    } as const;
    const { id } = await world.addServer({
      oauth: { ...oauth, scopes: [...oauth.scopes], authorizeParameters: [...oauth.authorizeParameters] },
    });
    const { clientSecret: _, ...rest } = oauth;
    expect(await read(id)).toMatchObject({
      ...rest,
      hasClientSecret: true,
      clientSecretFingerprint: expect.stringMatching(/^[\w-]{16}$/) as unknown,
    });
    expect(await dump()).not.toContain(SECRET);
  });

  it('change one by one: absent stays, null clears, and a secret that is the same keeps its date', async () => {
    const { id } = await world.addServer({ oauth: { clientId: 'client-1', clientSecret: SECRET, scopes: ['read'] } });
    const before = await read(id);
    expect((await update(id, { scopes: null, clientSecret: SECRET })).userErrors).toEqual([]);
    expect(await read(id)).toEqual({ ...before, scopes: null });
    await update(id, { clientSecret: 'another' });
    expect((await read(id))!.clientSecretFingerprint).not.toBe(before!.clientSecretFingerprint);
    await update(id, { clientSecret: null });
    expect(await read(id)).toMatchObject({ clientId: 'client-1', hasClientSecret: false, clientSecretFingerprint: null });
    await update(id, null);
    expect(await read(id)).toBeNull();
  });

  it('are refused with every fault at once', async () => {
    const oauth = {
      clientSecret: 'line\nbreak',
      scopes: ['with blank'],
      authorizeParameters: [{ name: 'redirect_uri', value: 'https://evil.example' }],
      tokenEndpoint: 'http://as.example/token',
      authorizationEndpoint: 'https://169.254.169.254/authorize',
      revocationEndpoint: 'javascript:alert(1)',
    };
    const input = { organizationId: world.organizationId, slug: unique('server'), name: 'Server', url: 'https://mcp.example/mcp', oauth };
    const { userErrors } = (await plane.run(plane.adminKey, McpServerCreateDocument, { input })).mcpServerCreate;
    expect(userErrors.map(({ field }) => field!.slice(2).join('.')).toSorted()).toEqual([
      'authorizationEndpoint', 'authorizeParameters.0.name', 'clientSecret', 'revocationEndpoint', 'scopes.0', 'tokenEndpoint',
    ]); // prettier-ignore
    expect(JSON.stringify(userErrors)).not.toContain('line');
  });

  it('refer to secrets of the operator for administrators only, because managers choose where the secret goes', async () => {
    const workspace = await world.addWorkspace();
    const oauth = { clientId: 'client-1', clientSecret: 'env:SLUICE_SECRET_ACME__WIKI' };
    const manager = await world.addPerson('MEMBER', { workspaceId: workspace.id, role: 'MANAGER' });
    const { id } = await world.addServer({ workspaceId: workspace.id, oauth });
    const { mcpServerUpdate } = await plane.run(manager.key, McpServerUpdateDocument, { id, input: { oauth } });
    expect(mcpServerUpdate.userErrors).toMatchObject([{ code: 'INVALID', field: ['input', 'oauth', 'clientSecret'] }]);
  });

  it('do not let a stored secret go to another address unless it is entered again', async () => {
    const { id } = await world.addServer({ oauth: { clientId: 'client-1', clientSecret: SECRET } });
    const moves = [{ tokenEndpoint: 'https://evil.example/token' }, { issuer: 'https://evil.example' }];
    for (const move of moves) {
      const [field] = Object.keys(move);
      expect((await update(id, move)).userErrors).toMatchObject([{ code: 'HAS_DEPENDENTS', field: ['input', 'oauth', field] }]);
      expect((await update(id, { ...move, clientSecret: `for-${field}` })).userErrors).toEqual([]);
    }
    const moved = await plane.run(plane.adminKey, McpServerUpdateDocument, { id, input: { url: 'https://evil.example/mcp' } });
    expect(moved.mcpServerUpdate.userErrors).toMatchObject([{ code: 'HAS_DEPENDENTS', field: ['input', 'url'] }]);
  });
});

async function read(id: string) {
  return (await plane.run(plane.adminKey, McpServerOauthDocument, { id })).mcpServer!.oauth ?? null;
}

async function update(id: string, oauth: McpServerOauthInput | null) {
  return (await plane.run(plane.adminKey, McpServerUpdateDocument, { id, input: { oauth } })).mcpServerUpdate;
}

async function dump(): Promise<string> {
  const client = new Client({ connectionString: plane.databaseUrl });
  await client.connect();
  const { rows } = await client.query('SELECT * FROM mcp_servers');
  await client.end();
  return JSON.stringify(rows);
}
