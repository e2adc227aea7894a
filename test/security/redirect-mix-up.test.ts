import { beforeAll, expect, it } from 'vitest';
import { OauthClient } from '../support/oauth-client.ts';
import { useSharedControlPlane } from '../support/control-plane.ts';
import { createOauthWorld, type OauthWorld } from '../support/oauth-world.ts';

let world: OauthWorld;
beforeAll(async () => {
  world = await createOauthWorld(await useSharedControlPlane());
});

it.each([
  'https://evil.example/callback',
  'https://app.example/callback/../evil',
  'https://app.example/callback?next=evil',
  'https://app.example.evil.example/callback',
  'https://app.example@evil.example/callback',
  'https://app.example/callback#fragment',
  'http://127.0.0.1:9/callback',
])('an answer never goes to %s, which was not registered', async (redirectUri) => {
  const client = await OauthClient.register(world.issuer, { redirect_uris: ['https://app.example/callback'] });
  const page = await client.open(world.browser, { resource: world.resource, redirectUri });
  expect(page.url.origin).toBe(world.issuer);
  expect(page.status).toBe(400);
});

it('a loopback redirect keeps its path and its host', async () => {
  const client = await OauthClient.register(world.issuer, { redirect_uris: ['http://127.0.0.1:7/callback'] });
  for (const redirectUri of ['http://127.0.0.1:7/other', 'http://127.0.0.2:7/callback', 'http://localhost:7/callback']) {
    expect((await client.open(world.browser, { resource: world.resource, redirectUri })).status).toBe(400);
  }
});
