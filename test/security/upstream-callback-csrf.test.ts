// Somebody starts to connect with an account of theirs and has another person's browser open the last step, or opens the last step of
// somebody else: one of the two would then use the other's account without knowing.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { Browser } from '../support/browser.ts';
import { ConnectionAuthorizeDocument } from '../support/generated/graphql.ts';
import type { HubPerson } from '../support/hub-world.ts';
import { TokenWorld } from '../support/token-world.ts';
import { consent, toCallback } from '../support/upstream-consent.ts';
import { startOAuthUpstream, type OAuthUpstream } from '../support/upstreams/oauth-upstream.ts';

let world: TokenWorld;
let upstream: OAuthUpstream;
let workspace: { id: string; slug: string };
let attacker: HubPerson;
let victim: HubPerson;
let attackersBrowser: Browser;
let victimsBrowser: Browser;
let server: { id: string; slug: string };

beforeAll(async () => {
  world = await TokenWorld.create();
  upstream = await startOAuthUpstream();
  workspace = await world.hub.addWorkspace();
  attacker = await world.hub.addPerson('MEMBER', { workspaceId: workspace.id, role: 'MEMBER' });
  victim = await world.hub.addPerson('MEMBER', { workspaceId: workspace.id, role: 'MEMBER' });
  [attackersBrowser, victimsBrowser] = [await world.browserOf(attacker.id), await world.browserOf(victim.id)];
});
beforeEach(async () => {
  server = await world.hub.addServer({ url: upstream.url, authentication: 'OAUTH', granularity: 'USER' });
  await world.hub.grant(workspace.id, server.id);
});
afterAll(async () => {
  await upstream.close();
  await world.stop();
});

/** The address that ends what the attacker began, with the attacker's account. */
async function makeTrap(): Promise<string> {
  const place = { mcpServerId: server.id, subjectId: attacker.id };
  const { connectionAuthorize } = await world.plane.run(attacker.key, ConnectionAuthorizeDocument, place);
  return toCallback(await consent(new Browser(), connectionAuthorize.authorizationUrl!), world.plane.url);
}

it('connects nobody in the browser of somebody else, and leaves it to whoever began', async () => {
  const trap = await makeTrap();
  const page = await victimsBrowser.open(trap);
  expect([page.status, page.text]).toEqual([400, expect.stringContaining('Start again')]);
  for (const person of [attacker, victim]) expect(await world.read(server.id, person.id)).toBeNull();
  await attackersBrowser.open(trap);
  expect(await world.read(server.id, attacker.id)).toMatchObject({ state: 'CONNECTED' });
});

it('connects nobody who is not signed in', async () => {
  const page = await new Browser().open(await makeTrap());
  expect(page.url.pathname).toBe('/sign-in');
  expect(await world.read(server.id, attacker.id)).toBeNull();
});

it('is bound to the session that it was started in, not only to the person', async () => {
  const isConsent = (at: URL) => at.origin === new URL(upstream.authorizationServer.issuer).origin;
  const person = await world.hub.addPerson('MEMBER', { workspaceId: workspace.id, role: 'MEMBER' });
  const browser = await world.browserOf(person.id);
  const page = await browser.open(`${world.plane.url}/connect/${workspace.slug}/${server.slug}`, isConsent);
  const callback = toCallback(await consent(browser, page.url.href), world.plane.url);
  const another = await world.browserOf(person.id);
  expect((await another.open(callback)).status).toBe(400);
  expect(await world.read(server.id, person.id)).toBeNull();
});

it('takes an answer once', async () => {
  const callback = await makeTrap();
  expect((await attackersBrowser.open(callback)).status).toBe(200);
  const before = upstream.authorizationServer.tokenRequests.length;
  expect((await attackersBrowser.open(callback)).status).toBe(400);
  expect(upstream.authorizationServer.tokenRequests).toHaveLength(before);
});

it('takes no answer after ten minutes, and none with a state of its own', async () => {
  const callback = await makeTrap();
  await world.sql(`UPDATE upstream_authorizations SET expires_at = now() - interval '1 second'`);
  expect((await attackersBrowser.open(callback)).status).toBe(400);
  expect((await attackersBrowser.open(`${world.plane.url}/oauth/upstream/callback?state=made-up&code=x`)).status).toBe(400);
  expect(await world.read(server.id, attacker.id)).toBeNull();
});
