// Mix-up (RFC 9207): a person who starts at an evil authorization server is sent back by an honest one. Without a check of `iss`, the
// gateway would redeem the honest server's code at the evil one.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Browser, BrowserPage } from '../support/browser.ts';
import { ConnectionAuthorizeDocument } from '../support/generated/graphql.ts';
import type { HubPerson } from '../support/hub-world.ts';
import { TokenWorld } from '../support/token-world.ts';
import { consent, toCallback } from '../support/upstream-consent.ts';
import { startOAuthUpstream, type OAuthUpstream } from '../support/upstreams/oauth-upstream.ts';

let world: TokenWorld;
let upstream: OAuthUpstream;
let owner: HubPerson;
let browser: Browser;

beforeAll(async () => {
  world = await TokenWorld.create();
  upstream = await startOAuthUpstream();
  owner = await world.hub.addPerson('OWNER');
  browser = await world.browserOf(owner.id);
});
afterAll(async () => {
  await upstream.close();
  await world.stop();
});

async function comeBack(change: (answer: URL) => void): Promise<{ page: BrowserPage; serverId: string }> {
  const { id } = await world.hub.addServer({ url: upstream.url, authentication: 'OAUTH' });
  const place = { mcpServerId: id, subjectId: world.hub.organizationId };
  const { connectionAuthorize } = await world.plane.run(owner.key, ConnectionAuthorizeDocument, place);
  const callback = new URL(toCallback(await consent(browser, connectionAuthorize.authorizationUrl!), world.plane.url));
  change(callback);
  return { page: await browser.open(callback.href), serverId: id };
}

it('redeems the code of an answer that names the issuer that was asked', async () => {
  const { serverId } = await comeBack(() => undefined);
  expect(await world.read(serverId, world.hub.organizationId)).toMatchObject({ state: 'CONNECTED' });
});

it.each([
  ['another issuer', (answer: URL) => answer.searchParams.set('iss', 'https://honest.example')],
  ['the same with a slash more', (answer: URL) => answer.searchParams.set('iss', `${answer.searchParams.get('iss')!}/`)],
  ['none, though the server says that it sends one', (answer: URL) => answer.searchParams.delete('iss')],
])('redeems no code of an answer that names %s', async (_name, change) => {
  const before = upstream.authorizationServer.tokenRequests.length;
  const { page, serverId } = await comeBack(change);
  expect([page.status, page.text]).toEqual([400, expect.stringContaining('issuer mismatch')]);
  expect(upstream.authorizationServer.tokenRequests).toHaveLength(before);
  expect(await world.read(serverId, world.hub.organizationId)).toBeNull();
});

it('believes no error of an answer that names another issuer', async () => {
  const { page } = await comeBack((answer) => {
    answer.searchParams.set('iss', 'https://evil.example');
    answer.searchParams.set('error', 'access_denied');
  });
  expect(page.text).toContain('issuer mismatch');
});
