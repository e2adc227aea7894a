import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Browser } from '../../support/browser.ts';
import type { HubPerson } from '../../support/hub-world.ts';
import { TokenWorld } from '../../support/token-world.ts';
import { consent, toCallback } from '../../support/upstream-consent.ts';
import { startOAuthUpstream, type OAuthUpstream } from '../../support/upstreams/oauth-upstream.ts';

let world: TokenWorld;
let upstream: OAuthUpstream;
let workspace: { id: string; slug: string };
let person: HubPerson;
let browser: Browser;

const isConsent = (at: URL) => at.origin === new URL(upstream.authorizationServer.issuer).origin;

beforeAll(async () => {
  world = await TokenWorld.create();
  upstream = await startOAuthUpstream();
  workspace = await world.hub.addWorkspace();
});
beforeEach(async () => {
  person = await world.hub.addPerson('MEMBER', { workspaceId: workspace.id, role: 'MEMBER' });
  browser = await world.browserOf(person.id);
});
afterAll(async () => {
  await upstream.close();
  await world.stop();
});

async function addServer(authentication: 'OAUTH' | 'CUSTOM_HEADERS', granularity: 'USER' | 'WORKSPACE' | 'ORGANIZATION', name: string) {
  const server = await world.hub.addServer({ url: upstream.url, authentication, granularity, name });
  await world.hub.grant(workspace.id, server.id);
  return server;
}

it('connects by the link that a caller gets, and shows how it went', async () => {
  const server = await addServer('OAUTH', 'USER', 'Wiki by link');
  const link = `${world.plane.url}/connect/${workspace.slug}/${server.slug}`;
  const page = await browser.open(link, isConsent);
  const done = await browser.open(toCallback(await consent(browser, page.url.href), world.plane.url));
  expect(done.text).toContain('Wiki by link is connected');
  expect(await world.read(server.id, person.id)).toMatchObject({ state: 'CONNECTED' });
  expect((await browser.open(link)).text).toContain('is connected');
  expect((await browser.open(`${world.plane.url}/connect/${workspace.slug}/unknown`)).status).toBe(404);
});

it('tells a member whom to ask for what is not theirs to connect', async () => {
  const server = await addServer('OAUTH', 'WORKSPACE', 'Shared wiki');
  const page = await browser.open(`${world.plane.url}/connect/${workspace.slug}/${server.slug}`);
  expect([page.status, page.text]).toEqual([403, expect.stringContaining('A manager of the workspace')]);
});

it('says that nothing was allowed where the person refuses at the upstream', async () => {
  const server = await addServer('OAUTH', 'USER', 'Refused wiki');
  const page = await browser.open(`${world.plane.url}/connect/${workspace.slug}/${server.slug}`, isConsent);
  const answer = await consent(browser, page.url.href, { decision: 'deny' });
  expect((await browser.open(toCallback(answer, world.plane.url))).text).toContain('Refused wiki was not allowed');
  expect(await world.read(server.id, person.id)).toBeNull();
});

it('lets people connect and disconnect on a page of their own', async () => {
  const server = await addServer('OAUTH', 'USER', 'Own wiki');
  const home = await browser.open(`${world.plane.url}/account/connections`);
  const page = await browser.press(home, 'Connect Own wiki', {}, { stopAt: isConsent });
  const back = await browser.open(toCallback(await consent(browser, page.url.href), world.plane.url));
  expect(back.text).toContain('The server is connected');
  expect(await world.read(server.id, person.id)).toMatchObject({ state: 'CONNECTED' });
  expect((await browser.press(back, 'Disconnect Own wiki')).text).toContain('The server is disconnected');
  expect(await world.read(server.id, person.id)).toBeNull();
});

it('lets people enter header values of their own', async () => {
  const server = await addServer('CUSTOM_HEADERS', 'USER', 'Keyed wiki');
  const link = await browser.open(`${world.plane.url}/connect/${workspace.slug}/${server.slug}`);
  const faulty = await browser.press(link, 'Save', { Header: 'Host', Value: 'x' });
  expect([faulty.status, faulty.text]).toEqual([422, expect.stringContaining('gateway sets itself')]);
  const saved = await browser.press(faulty, 'Save', { Header: 'X-Api-Key', Value: 'my-key' });
  expect(saved.text).toContain('Keyed wiki');
  expect(await world.read(server.id, person.id)).toMatchObject({ state: 'CONNECTED', connectedBy: { id: person.id } });
  expect(saved.text).not.toContain('my-key');
});

it('asks for the headers that the server wants, and for nothing else', async () => {
  const headerNames = ['X-Api-Key', 'X-Account'];
  const server = await world.hub.addServer({ url: upstream.url, authentication: 'CUSTOM_HEADERS', granularity: 'USER', headerNames });
  await world.hub.grant(workspace.id, server.id);
  const entry = await browser.open(`${world.plane.url}/connect/${workspace.slug}/${server.slug}`);
  const saved = await browser.press(entry, 'Save', { 'X-Api-Key': 'my-key', 'X-Account': 'my-account' });
  expect(saved.text).toContain('is connected');
  expect(await world.read(server.id, person.id)).toMatchObject({ state: 'CONNECTED' });
});

it('takes no values from a form of another page', async () => {
  const server = await addServer('CUSTOM_HEADERS', 'USER', 'Forged wiki');
  const entry = await browser.open(`${world.plane.url}/connect/${workspace.slug}/${server.slug}`);
  expect((await browser.press(entry, 'Save', { Value: 'x', csrf: 'guessed' })).status).toBe(403);
  expect(await world.read(server.id, person.id)).toBeNull();
});

it.each([
  ['WORKSPACE', 'manager', 'everybody in the workspace Workspace'],
  ['ORGANIZATION', 'administrator from outside the workspace', 'everybody in the organization'],
] as const)('lets whoever connects the %s enter its values: a %s', async (granularity, who, forWhom) => {
  const server = await addServer('CUSTOM_HEADERS', granularity, 'Shared keyed wiki');
  const link = `${world.plane.url}/connect/${workspace.slug}/${server.slug}`;
  expect([(await browser.open(link)).status, (await browser.open(`${link}/values`)).status]).toEqual([403, 403]);
  const connector =
    who === 'manager'
      ? await world.hub.addPerson('MEMBER', { workspaceId: workspace.id, role: 'MANAGER' })
      : await world.hub.addPerson('ADMIN');
  const theirs = await world.browserOf(connector.id);
  const entry = await theirs.open(link);
  expect(entry.text).toContain(forWhom);
  expect((await theirs.press(entry, 'Save', { Header: 'X-Api-Key', Value: 'shared-key' })).text).toContain('is connected');
  const subject = granularity === 'WORKSPACE' ? workspace.id : world.hub.organizationId;
  expect(await world.read(server.id, subject)).toMatchObject({ state: 'CONNECTED', connectedBy: { id: connector.id } });
  expect((await browser.open(link)).text).toContain('is connected');
});

it('shows nothing of a server to who is not in the workspace', async () => {
  const server = await addServer('CUSTOM_HEADERS', 'WORKSPACE', 'Hidden wiki');
  const stranger = await world.browserOf((await world.hub.addPerson()).id);
  for (const path of ['', '/values'])
    expect((await stranger.open(`${world.plane.url}/connect/${workspace.slug}/${server.slug}${path}`)).status).toBe(404);
});

it('has no client document where it could not be one', async () => {
  expect((await fetch(`${world.plane.url}/oauth/client.json`)).status).toBe(404);
});
