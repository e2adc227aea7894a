import { createRemoteJWKSet, jwtVerify } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { AccessTokenClaimsSchema } from '../../../contract/access-token.ts';
import { ApiClient } from '../../support/api-client.ts';
import { openSignedInBrowser } from '../../support/web-sign-in.ts';
import { isCallback, OauthClient, toCode } from '../../support/oauth-client.ts';
import { useSharedControlPlane } from '../../support/control-plane.ts';
import { createOauthWorld, type OauthWorld } from '../../support/oauth-world.ts';
import { parsePage } from '../../support/page-parser.ts';
import { startOAuthUpstream } from '../../support/upstreams/oauth-upstream.ts';

let world: OauthWorld;
beforeAll(async () => {
  world = await createOauthWorld(await useSharedControlPlane());
});

const REVOKE = 'mutation ($id: ID!) { consentRevoke(id: $id) { revokedId snapshotRevision userErrors { code } } }';
const CONSENTS = '{ viewer { user { consents { nodes { id clientName mcpServer { id } workspace { id } } } } } }';

describe('a person allows a client', () => {
  it('asks once, and gives a token for exactly this server', async () => {
    const { browser, resource, issuer, person } = world;
    const client = await OauthClient.register(issuer, { client_name: 'Notes <b>app</b>' });
    const asked = await client.open(browser, { resource, scope: 'mcp offline_access' });
    const { heading, text } = parsePage(asked.text);
    expect(heading).toContain('Notes <b>app</b>');
    expect(text).toContain('a program on this computer (127.0.0.1:7)');
    expect(text).toContain(resource);
    expect(asked.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    const back = await browser.press(asked, 'Allow', {}, { stopAt: isCallback });
    expect(back.url.searchParams.get('iss')).toBe(issuer);
    expect(back.url.searchParams.get('state')).toBe('state-1');
    const answer = await client.redeem(toCode(back), { resource });
    const keys = createRemoteJWKSet(new URL(`${issuer}/jwks`));
    const { payload, protectedHeader } = await jwtVerify(answer.access_token!, keys, { issuer, audience: resource });
    expect(protectedHeader).toMatchObject({ alg: 'ES256', typ: 'at+jwt' });
    expect(AccessTokenClaimsSchema.parse(payload)).toMatchObject({
      sub: person.id,
      aud: resource,
      scope: 'mcp',
      client_id: client.clientId,
    });
    const again = await client.open(browser, { resource });
    expect(isCallback(again.url)).toBe(true);
    const refreshed = await client.refresh(answer.refresh_token!, { resource, scope: 'mcp offline_access' });
    expect(refreshed.status).toBe(200);
    expect(refreshed.refresh_token).not.toBe(answer.refresh_token);
  });

  it('asks a person to sign in first, and goes on from there', async () => {
    const client = await OauthClient.register(world.issuer);
    const stranger = await world.addMember();
    stranger.browser.clearCookies();
    const page = await client.open(stranger.browser, { resource: world.resource });
    expect(page.url.pathname).toBe('/sign-in');
  });

  it('says what the upstream will be asked', async () => {
    const { hub, workspaceId, issuer, browser } = world;
    const oauth = { scopes: ['notes:read', 'notes:write'] };
    const server = await hub.addServer({ authentication: 'OAUTH', granularity: 'USER', oauth });
    const { url } = await hub.grant(workspaceId, server.id);
    const asked = await (await OauthClient.register(issuer)).open(browser, { resource: url });
    expect(parsePage(asked.text).text).toMatch(/with these permissions: notes:read notes:write/);
  });

  it('finds out what the upstream will be asked where the settings do not say', async () => {
    const { hub, workspaceId, issuer, browser } = world;
    const upstream = await startOAuthUpstream();
    const server = await hub.addServer({ url: upstream.url, authentication: 'OAUTH', granularity: 'USER' });
    const { url } = await hub.grant(workspaceId, server.id);
    const asked = await (await OauthClient.register(issuer)).open(browser, { resource: url });
    await upstream.close();
    expect(parsePage(asked.text).text).toMatch(/with these permissions: mcp:read mcp:write/);
  });

  it('lets a manager enter what the workspace shares on the way', async () => {
    const { hub, workspaceId, issuer, plane } = world;
    const server = await hub.addServer({ authentication: 'CUSTOM_HEADERS', granularity: 'WORKSPACE' });
    const { url } = await hub.grant(workspaceId, server.id);
    const manager = await hub.addPerson('MEMBER', { workspaceId, role: 'MANAGER' });
    const browser = await openSignedInBrowser(new ApiClient(plane.url, plane.adminKey), issuer, manager.id);
    const client = await OauthClient.register(issuer);
    const entry = await browser.press(await client.open(browser, { resource: url }), 'Allow');
    const back = await browser.press(entry, 'Save', { Value: 'Bearer shared' }, { stopAt: isCallback });
    expect(await client.redeem(toCode(back), { resource: url })).toMatchObject({ status: 200 });
  });

  it('tells the client when the person does not want to', async () => {
    const client = await OauthClient.register(world.issuer);
    const asked = await client.open(world.browser, { resource: world.resource });
    const back = await world.browser.press(asked, 'Do not allow', {}, { stopAt: isCallback });
    expect(back.url.searchParams.get('error')).toBe('access_denied');
    expect(back.url.searchParams.get('iss')).toBe(world.issuer);
  });

  it('asks again where the client insists, and where it wants the person back elsewhere', async () => {
    const redirectUri = 'https://app.example/callback';
    const client = await OauthClient.register(world.issuer, { redirect_uris: ['http://127.0.0.1:7/callback', redirectUri] });
    await client.connect(world.browser, world.resource);
    await world.query(`UPDATE consents SET updated_at = updated_at - interval '1 minute'`);
    const insists = await client.open(world.browser, { resource: world.resource, prompt: 'consent' });
    expect(isCallback((await world.browser.press(insists, 'Allow', {}, { stopAt: isCallback })).url)).toBe(true);
    const elsewhere = await client.open(world.browser, { resource: world.resource, redirectUri });
    expect(parsePage(elsewhere.text).text).toContain('app.example');
  });

  it('tells a person who may not use the server whom to ask, and gives no code', async () => {
    const { hub } = world;
    const foreign = await hub.addWorkspace();
    const { url } = await hub.grant(foreign.id, (await hub.addServer()).id);
    const denied = (await hub.grant(world.workspaceId, (await hub.addServer()).id, { defaultUserAccess: 'DENY' })).url;
    const client = await OauthClient.register(world.issuer);
    for (const resource of [url, denied]) {
      const page = await client.open(world.browser, { resource });
      expect(page.status).toBe(403);
      expect(parsePage(page.text).text).toContain('Ask a manager of the workspace');
      const back = await world.browser.press(page, 'Back to Test client', {}, { stopAt: isCallback });
      expect(back.url.searchParams.get('error')).toBe('access_denied');
    }
  });
});

describe('what a person allowed ends', () => {
  it('by the API: the refresh token at once, and the client has to ask again', async () => {
    const member = await world.addMember();
    const client = await OauthClient.register(world.issuer, { client_name: 'To be revoked' });
    const answer = await client.connect(member.browser, world.resource);
    const { data } = await world.plane.send<{ viewer: { user: { consents: { nodes: { id: string; clientName: string }[] } } } }>(
      member.key,
      CONSENTS,
    );
    const [consent] = data!.viewer.user.consents.nodes;
    expect(consent?.clientName).toBe('To be revoked');
    const revoked = await world.plane.send<{ consentRevoke: { revokedId: string; snapshotRevision: number } }>(member.key, REVOKE, consent);
    expect(revoked.data?.consentRevoke).toMatchObject({ revokedId: consent!.id, snapshotRevision: expect.any(Number) as number });
    expect(await client.refresh(answer.refresh_token!)).toMatchObject({ status: 400, error: 'invalid_grant' });
    expect(isCallback((await client.open(member.browser, { resource: world.resource })).url)).toBe(false);
  });

  it('on the page of allowed applications', async () => {
    const member = await world.addMember();
    const client = await OauthClient.register(world.issuer, { client_name: 'On the page' });
    const answer = await client.connect(member.browser, world.resource);
    const page = await member.browser.open(`${world.issuer}/account/clients`);
    expect(parsePage(page.text).text).toContain('On the page');
    const after = await member.browser.press(page, 'Revoke', {}, { near: 'On the page' });
    expect(parsePage(after.text).text).toContain('not allowed any longer');
    expect(parsePage(after.text).text).not.toContain('On the page');
    expect(await client.refresh(answer.refresh_token!)).toMatchObject({ error: 'invalid_grant' });
  });

  it.each([
    ['the person is disabled', 'UPDATE users SET enabled = false WHERE id = $1'],
    ['the membership ends', 'DELETE FROM workspace_members WHERE user_id = $1'],
  ])('when %s', async (_name, sql) => {
    const member = await world.addMember();
    const client = await OauthClient.register(world.issuer);
    const answer = await client.connect(member.browser, world.resource);
    await world.query(sql, [member.id]);
    expect(await client.refresh(answer.refresh_token!)).toMatchObject({ status: 400, error: 'invalid_grant' });
  });

  it('when the client signs out', async () => {
    const client = await OauthClient.register(world.issuer);
    const answer = await client.connect(world.browser, world.resource);
    const body = new URLSearchParams({ token: answer.refresh_token!, client_id: client.clientId });
    expect((await fetch(`${world.issuer}/revoke`, { method: 'POST', body })).status).toBe(200);
    expect(await client.refresh(answer.refresh_token!)).toMatchObject({ error: 'invalid_grant' });
  });
});

it('stores nothing that a reader of the database could use', async () => {
  const client = await OauthClient.register(world.issuer);
  const answer = await client.connect(world.browser, world.resource);
  const rows = JSON.stringify(await world.query('SELECT * FROM oauth_records'));
  expect(rows).toContain(client.clientId);
  expect(rows).not.toContain(answer.refresh_token);
  const keys = JSON.stringify(await world.query('SELECT * FROM oauth_signing_keys'));
  expect(keys).not.toMatch(/\\?"d\\?":/);
});
