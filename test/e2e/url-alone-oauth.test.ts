import { afterAll, beforeAll, expect, it } from 'vitest';
import { createWorld } from '../support/shared-gateway.ts';
import { isCallback, OauthClient } from '../support/oauth-client.ts';
import { parsePage } from '../support/page-parser.ts';
import { startOAuthUpstream, type OAuthUpstream } from '../support/upstreams/oauth-upstream.ts';
import { ClientStore, connectByUrl, type Person } from '../support/url-client.ts';
import { openSignedInBrowser } from '../support/web-sign-in.ts';
import type { Server, World } from '../support/world.ts';

let upstream: OAuthUpstream;
let world: World;
let server: Server;

beforeAll(async () => {
  upstream = await startOAuthUpstream();
  world = await createWorld();
  server = await world.addServer({ upstreamUrl: upstream.url, authentication: 'OAUTH', granularity: 'USER' });
  await world.enforced();
});
afterAll(() => upstream.close());

const GREETING = [{ type: 'text', text: 'This is a simple text response for testing.' }];

it('a person allows the client and the upstream, and later only the upstream again', async () => {
  const person = await world.addPerson();
  const browser = await openSignedInBrowser(world.api, world.gateway.issuer, person.id);
  const asked: string[] = [];
  const clicking: Person = (page) => {
    const isOurs = page.url.origin === world.gateway.issuer;
    asked.push(isOurs ? 'gateway' : 'upstream');
    return isOurs
      ? browser.press(page, 'Allow', {}, { stopAt: isCallback })
      : browser.submit(page, { account: 'ann' }, { stopAt: isCallback });
  };
  const store = new ClientStore();
  const client = await connectByUrl(server.url, store, { browser, person: clicking });
  expect((await client.callTool({ name: 'test_simple_text' })).content).toEqual(GREETING);
  expect(upstream.requests.at(-1)?.account).toBe('ann');
  expect(asked).toEqual(['gateway', 'upstream']);

  // The upstream refuses the token, the gateway cannot renew it, and so the client's own refresh is refused.
  upstream.authorizationServer.revokeGrants();
  asked.length = 0;
  await expect(client.callTool({ name: 'test_simple_text' })).rejects.toThrow();
  await client.close();
  const connected = await connectByUrl(server.url, store, { browser, person: clicking });
  expect((await connected.callTool({ name: 'test_simple_text' })).content).toEqual(GREETING);
  expect(asked).toEqual(['upstream']);
  expect(browser.visited.filter((url) => url.includes('/sign-in?'))).toEqual([]);
  await connected.close();
});

it('a person who does not let the gateway in at the upstream is asked what to do, and the client gets nothing', async () => {
  const person = await world.addPerson();
  const browser = await openSignedInBrowser(world.api, world.gateway.issuer, person.id);
  const client = await OauthClient.register(world.gateway.issuer);
  const ours = await client.open(browser, { resource: server.url });
  const theirs = await browser.press(ours, 'Allow', {}, { stopAt: isCallback });
  expect(theirs.url.origin).toBe(upstream.authorizationServer.issuer);
  const back = await browser.press(theirs, 'Deny', {}, { stopAt: isCallback });
  expect(parsePage(back.text).heading).toContain('could not be connected');
  const again = await browser.follow(back, 'Try again', isCallback);
  expect(again.url.origin).toBe(upstream.authorizationServer.issuer);
  const denied = await browser.press(await browser.press(again, 'Deny'), 'Back to Test client', {}, { stopAt: isCallback });
  expect(denied.url.searchParams.get('error')).toBe('access_denied');
});

it('a person who may not connect what the workspace shares is told who can', async () => {
  const shared = await world.addServer({ upstreamUrl: upstream.url, authentication: 'OAUTH', granularity: 'WORKSPACE' });
  const person = await world.addPerson();
  const browser = await openSignedInBrowser(world.api, world.gateway.issuer, person.id);
  const client = await OauthClient.register(world.gateway.issuer);
  const page = await browser.press(await client.open(browser, { resource: shared.url }), 'Allow');
  expect(page.status).toBe(403);
  expect(parsePage(page.text).text).toContain('A manager of the workspace');
});
