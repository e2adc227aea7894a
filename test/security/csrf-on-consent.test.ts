import { beforeAll, expect, it } from 'vitest';
import { Browser } from '../support/browser.ts';
import { isCallback, OauthClient } from '../support/oauth-client.ts';
import { useSharedControlPlane } from '../support/control-plane.ts';
import { createOauthWorld, type OauthWorld } from '../support/oauth-world.ts';

let world: OauthWorld;
beforeAll(async () => {
  world = await createOauthWorld(await useSharedControlPlane());
});

const countConsents = async () => Number((await world.query('SELECT count(*) FROM consents'))[0]!['count']);

it('a form without the token of the session, or with that of another one, allows nothing', async () => {
  const { browser, issuer, resource } = world;
  const before = await countConsents();
  const client = await OauthClient.register(issuer);
  const asked = await client.open(browser, { resource });
  for (const csrf of ['', 'guessed']) {
    const answer = await browser.submit(asked, { decision: 'allow', csrf });
    expect(answer.status).toBe(403);
  }
  const other = await world.addMember();
  const foreign = await client.open(other.browser, { resource });
  const token = /name="csrf" value="([^"]+)"/.exec(foreign.text)?.[1];
  expect((await browser.submit(asked, { decision: 'allow', csrf: token! })).status).toBe(403);
  expect(await countConsents()).toBe(before);
});

it('a request that another browser began cannot be finished here', async () => {
  const { browser, issuer, resource } = world;
  const before = await countConsents();
  const client = await OauthClient.register(issuer);
  const attacker = new Browser();
  const begun = await client.open(attacker, { resource });
  const path = new URLSearchParams(begun.url.search).get('return_to')!;
  const page = await browser.open(issuer + path);
  expect(page.status).toBe(400);
  expect(isCallback(page.url)).toBe(false);
  expect(await countConsents()).toBe(before);
});
