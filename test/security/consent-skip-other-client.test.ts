import { beforeAll, expect, it } from 'vitest';
import { isCallback, OauthClient } from '../support/oauth-client.ts';
import { useSharedControlPlane } from '../support/control-plane.ts';
import { createOauthWorld, type OauthWorld } from '../support/oauth-world.ts';

let world: OauthWorld;
beforeAll(async () => {
  world = await createOauthWorld(await useSharedControlPlane());
});

it('what one client was allowed opens nothing for another, whatever it calls itself', async () => {
  const { browser, issuer, resource } = world;
  const trusted = await OauthClient.register(issuer, { client_name: 'Trusted' });
  expect(await trusted.connect(browser, resource)).toMatchObject({ status: 200 });
  const impostor = await OauthClient.register(issuer, { client_name: 'Trusted' });
  expect(isCallback((await impostor.open(browser, { resource })).url)).toBe(false);
});

it('what was allowed for one server opens no other one, and nothing for another person', async () => {
  const { browser, issuer, resource } = world;
  const client = await OauthClient.register(issuer);
  await client.connect(browser, resource);
  expect(isCallback((await client.open(browser, { resource: await world.addServer() })).url)).toBe(false);
  const other = await world.addMember();
  expect(isCallback((await client.open(other.browser, { resource })).url)).toBe(false);
});
