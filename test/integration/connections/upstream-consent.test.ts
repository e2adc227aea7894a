import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ConnectionAuthorizeDocument, ConnectionRevokeDocument, ConnectionTestDocument } from '../../support/generated/graphql.ts';
import type { HubPerson } from '../../support/hub-world.ts';
import { TokenWorld } from '../../support/token-world.ts';
import { startOAuthUpstream, type OAuthUpstream, type OAuthUpstreamOptions } from '../../support/upstreams/oauth-upstream.ts';

let world: TokenWorld;
let owner: HubPerson;
const upstreams: OAuthUpstream[] = [];

beforeAll(async () => {
  world = await TokenWorld.create();
  owner = await world.hub.addPerson('OWNER');
});
beforeEach(() => world.sql('DELETE FROM upstream_registrations'));
afterEach(async () => {
  for (const upstream of upstreams.splice(0)) await upstream.close();
});
afterAll(() => world.stop());

async function start(options: OAuthUpstreamOptions = {}): Promise<OAuthUpstream> {
  const upstream = await startOAuthUpstream(options);
  upstreams.push(upstream);
  return upstream;
}

async function connectOrganization(upstream: OAuthUpstream) {
  const server = await world.hub.addServer({ url: upstream.url, authentication: 'OAUTH' });
  return { server, connection: await world.connect(owner, server.id, world.hub.organizationId) };
}

function countRefreshes({ authorizationServer }: OAuthUpstream): number {
  return authorizationServer.tokenRequests.filter(({ grantType }) => grantType === 'refresh_token').length;
}

describe('connecting by consent', () => {
  it('registers the gateway once for an issuer, and shows who connected with which scopes', async () => {
    const upstream = await start();
    const { connection } = await connectOrganization(upstream);
    expect(connection).toMatchObject({
      state: 'CONNECTED',
      reason: null,
      connectedBy: { id: owner.id },
      scopes: ['mcp:read', 'mcp:write'],
    });
    await connectOrganization(upstream);
    expect(upstream.authorizationServer.registrations).toHaveLength(1);
    const token = await world.askToken(connection.id);
    expect(await upstream.authorizationServer.findAccount(token.accessToken, upstream.url)).toBe('alice');
    expect((await world.readCached(connection.id))?.accessToken).toBe(token.accessToken);
    expect(await world.plane.run(owner.key, ConnectionTestDocument, { id: connection.id })).toMatchObject({
      connectionTest: { isAccepted: true },
    });
  });

  it('keeps the accounts of people apart, and lets nobody connect somebody else', async () => {
    const upstream = await start({ challenge: 'bare' });
    const server = await world.hub.addServer({ url: upstream.url, authentication: 'OAUTH', granularity: 'USER' });
    const workspace = await world.hub.addWorkspace();
    await world.hub.grant(workspace.id, server.id);
    const people = [];
    for (const account of ['ann', 'bob']) {
      const person = await world.hub.addPerson('MEMBER', { workspaceId: workspace.id, role: 'MEMBER' });
      people.push({ person, account, connection: await world.connect(person, server.id, person.id, { account }) });
    }
    for (const { connection, account } of people) {
      const { accessToken } = await world.askToken(connection.id);
      expect(await upstream.authorizationServer.findAccount(accessToken, upstream.url)).toBe(account);
    }
    await expect(world.connect(people[0]!.person, server.id, people[1]!.person.id)).rejects.toThrow(/NOT_FOUND|FORBIDDEN/);
  });

  it('lets managers connect a workspace', async () => {
    const upstream = await start();
    const server = await world.hub.addServer({ url: upstream.url, authentication: 'OAUTH', granularity: 'WORKSPACE' });
    const workspace = await world.hub.addWorkspace();
    await world.hub.grant(workspace.id, server.id);
    const manager = await world.hub.addPerson('MEMBER', { workspaceId: workspace.id, role: 'MANAGER' });
    const member = await world.hub.addPerson('MEMBER', { workspaceId: workspace.id, role: 'MEMBER' });
    expect(await world.connect(manager, server.id, workspace.id)).toMatchObject({ state: 'CONNECTED' });
    await expect(world.connect(member, server.id, workspace.id)).rejects.toThrow(/FORBIDDEN/);
  });

  it('uses the client of the settings where registration is closed, and says so where there is none', async () => {
    const redirect = 'http://127.0.0.1/oauth/upstream/callback';
    const client = { client_id: 'pre-registered', client_secret: 'its-secret-of-32-characters-or-so', redirect_uris: [redirect], grant_types: ['authorization_code', 'refresh_token'], application_type: 'native' as const }; // prettier-ignore
    const upstream = await start({ registration: 'closed', clients: [client] });
    await expect(connectOrganization(upstream)).rejects.toThrow(/does not let the gateway register itself/);
    const oauth = { clientId: 'pre-registered', clientSecret: 'its-secret-of-32-characters-or-so', scopes: ['mcp:read'] };
    const server = await world.hub.addServer({ url: upstream.url, authentication: 'OAUTH', oauth });
    const connection = await world.connect(owner, server.id, world.hub.organizationId);
    expect(connection).toMatchObject({ state: 'CONNECTED', scopes: ['mcp:read'], client: { clientId: 'pre-registered' } });
    await world.askToken(connection.id, 1);
    expect(countRefreshes(upstream)).toBe(1);
  });

  it('stores no token in the clear', async () => {
    const upstream = await start();
    const { connection } = await connectOrganization(upstream);
    const { accessToken } = await world.askToken(connection.id);
    const rows = await world.sql('SELECT t::text FROM connection_tokens t UNION ALL SELECT r::text FROM upstream_registrations r');
    expect(rows.length).toBeGreaterThan(1);
    expect(JSON.stringify(rows)).not.toContain(accessToken);
  });
});

it('asks an upstream that greets anybody for what it offers, and takes no greeting for a yes', async () => {
  const upstream = await start({ greeting: 'open' });
  const { connection } = await connectOrganization(upstream);
  expect(connection).toMatchObject({ scopes: ['mcp:read', 'mcp:write'] });
  const test = async () => (await world.plane.run(owner.key, ConnectionTestDocument, { id: connection.id })).connectionTest.isAccepted;
  expect(await test()).toBe(true);
  upstream.authorizationServer.expireAccessTokens();
  expect(await test()).toBe(false);
});

describe('renewing', () => {
  it('sends one request however many ask, and gives those who were late the current token', async () => {
    const upstream = await start();
    const { connection } = await connectOrganization(upstream);
    const first = await world.askToken(connection.id);
    const tokens = await Promise.all(Array.from({ length: 50 }, () => world.askToken(connection.id, first.serial)));
    expect(new Set(tokens.map(({ serial }) => serial))).toEqual(new Set([first.serial + 1]));
    expect(countRefreshes(upstream)).toBe(1);
    expect((await world.askToken(connection.id, first.serial)).serial).toBe(first.serial + 1);
    expect(countRefreshes(upstream)).toBe(1);
    expect((await world.readCached(connection.id))?.serial).toBe(first.serial + 1);
  });

  it('sends one request also where two control planes are asked', async () => {
    const upstream = await start();
    const { connection } = await connectOrganization(upstream);
    const other = await world.startAnother();
    const { serial } = await world.askToken(connection.id);
    const urls = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? world.plane.url : other.url));
    const answers = await Promise.all(urls.map((url) => world.ask(connection.id, serial, url)));
    expect(new Set(answers.map(({ outcome }) => outcome))).toEqual(new Set(['token']));
    expect(countRefreshes(upstream)).toBe(1);
    await other.stop();
  });

  it('happens ahead of time', async () => {
    const upstream = await start({ accessTokenSeconds: 4 });
    const { connection } = await connectOrganization(upstream);
    const { serial } = await world.askToken(connection.id);
    await expect.poll(async () => (await world.readCached(connection.id))?.serial ?? 0, { timeout: 8_000 }).toBeGreaterThan(serial);
  });

  it('asks for consent again once the upstream withdrew it, and goes on with a later token after that', async () => {
    const upstream = await start();
    const { server, connection } = await connectOrganization(upstream);
    const { serial } = await world.askToken(connection.id);
    upstream.authorizationServer.revokeGrants();
    expect(await world.ask(connection.id, serial)).toEqual({ outcome: 'needs_authorization' });
    expect(await world.read(server.id, world.hub.organizationId)).toMatchObject({
      state: 'NEEDS_AUTHORIZATION',
      reason: expect.stringMatching(/Connect again/) as unknown,
    });
    expect(await world.readCached(connection.id)).toBeUndefined();
    const again = await world.connect(owner, server.id, world.hub.organizationId);
    expect(again).toMatchObject({ id: connection.id, state: 'CONNECTED', reason: null });
    const token = await world.askToken(connection.id);
    expect(token.serial).toBeGreaterThan(serial);
    expect(token.epoch).toBe(2);
  });

  it('asks for consent to more once the upstream misses scopes', async () => {
    const upstream = await start({ registration: 'open' });
    const { server, connection } = await connectOrganization(upstream);
    const { serial } = await world.askToken(connection.id);
    const answer = await world.ask(connection.id, serial, world.plane.url, 'openid');
    expect(answer).toEqual({ outcome: 'needs_authorization' });
    expect(countRefreshes(upstream)).toBe(0);
    const reason = expect.stringContaining('openid') as string;
    expect(await world.read(server.id, world.hub.organizationId)).toMatchObject({ state: 'NEEDS_AUTHORIZATION', reason });
    const place = { mcpServerId: server.id, subjectId: world.hub.organizationId };
    const { connectionAuthorize } = await world.plane.run(owner.key, ConnectionAuthorizeDocument, place);
    const asked = new URL(connectionAuthorize.authorizationUrl!).searchParams.get('scope')?.split(' ');
    expect(asked?.toSorted()).toEqual(['mcp:read', 'mcp:write', 'openid']);
  });

  it('keeps the connection while the authorization server is down', async () => {
    const upstream = await start();
    const { server, connection } = await connectOrganization(upstream);
    const { serial } = await world.askToken(connection.id);
    upstream.authorizationServer.setDown(true);
    expect(await world.ask(connection.id, serial)).toMatchObject({ outcome: 'unavailable' });
    expect(await world.read(server.id, world.hub.organizationId)).toMatchObject({ state: 'EXPIRING' });
    upstream.authorizationServer.setDown(false);
    await world.sql('UPDATE connection_tokens SET retry_at = NULL WHERE connection_id = $1', [connection.id]);
    expect((await world.askToken(connection.id, serial)).serial).toBe(serial + 1);
  });

  it('recovers what was lost between the answer and its commit where the upstream allows it, and says so where not', async () => {
    for (const isGraceful of [true, false]) {
      const upstream = await start();
      const { server, connection } = await connectOrganization(upstream);
      upstream.authorizationServer.setGrace(isGraceful);
      upstream.authorizationServer.beforeTokenAnswer(async (_request, response) => void response.destroy());
      const { serial } = await world.askToken(connection.id);
      expect(await world.ask(connection.id, serial)).toMatchObject({ outcome: 'unavailable' });
      upstream.authorizationServer.beforeTokenAnswer(async () => undefined);
      await world.sql('UPDATE connection_tokens SET retry_at = NULL WHERE connection_id = $1', [connection.id]);
      expect((await world.ask(connection.id, serial)).outcome).toBe(isGraceful ? 'token' : 'needs_authorization');
      const { reason } = (await world.read(server.id, world.hub.organizationId))!;
      if (isGraceful) expect(reason).toBeNull();
      else expect(reason).toMatch(/interrupted/);
    }
  });

  it('puts tokens back that Redis lost', async () => {
    const { connection } = await connectOrganization(await start());
    await world.forgetCached(connection.id);
    await world.askToken(connection.id);
    expect(await world.readCached(connection.id)).toBeDefined();
    await world.forgetCached(connection.id);
    const other = await world.startAnother();
    await expect.poll(() => world.readCached(connection.id)).toBeDefined();
    await other.stop();
  });
});

it('takes tokens back at the upstream', async () => {
  const upstream = await start();
  const { connection } = await connectOrganization(upstream);
  const { accessToken } = await world.askToken(connection.id);
  const { connectionRevoke } = await world.plane.run(owner.key, ConnectionRevokeDocument, { id: connection.id });
  expect(connectionRevoke).toEqual({ deletedId: connection.id, isRevokedUpstream: true, userErrors: [] });
  expect(upstream.authorizationServer.revocations).toBe(1);
  expect(await upstream.authorizationServer.findAccount(accessToken, upstream.url)).toBeUndefined();
  expect(await world.readCached(connection.id)).toBeUndefined();
  expect(await world.ask(connection.id)).toEqual({ outcome: 'needs_authorization' });
});

it('answers nobody but data planes', async () => {
  const { connection } = await connectOrganization(await start());
  const response = await fetch(`${world.plane.url}/internal/upstream-token`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.plane.adminKey}` },
    body: JSON.stringify({ connectionId: connection.id }),
  });
  expect(response.status).toBe(404);
});
