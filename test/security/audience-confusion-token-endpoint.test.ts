import { decodeJwt } from 'jose';
import { beforeAll, expect, it } from 'vitest';
import { isCallback, OauthClient, toCode } from '../support/oauth-client.ts';
import { useSharedControlPlane } from '../support/control-plane.ts';
import { createOauthWorld, type OauthWorld } from '../support/oauth-world.ts';

let world: OauthWorld;
beforeAll(async () => {
  world = await createOauthWorld(await useSharedControlPlane());
});

it('what was allowed for one server gives no token for another one', async () => {
  const client = await OauthClient.register(world.issuer);
  const other = await world.addServer();
  await client.connect(world.browser, other);
  const asked = await client.open(world.browser, { resource: world.resource });
  const code = toCode(await world.browser.press(asked, 'Allow', {}, { stopAt: isCallback }));
  const answer = await client.redeem(code, { resource: world.resource });
  expect(decodeJwt(answer.access_token!).aud).toBe(world.resource);
  expect(await client.refresh(answer.refresh_token!, { resource: other })).toMatchObject({ status: 400, error: 'invalid_target' });
});

it('a code redeemed for another server gives nothing', async () => {
  const client = await OauthClient.register(world.issuer);
  const asked = await client.open(world.browser, { resource: world.resource });
  const code = toCode(await world.browser.press(asked, 'Allow', {}, { stopAt: isCallback }));
  expect(await client.redeem(code, { resource: await world.addServer() })).toMatchObject({ status: 400, error: 'invalid_target' });
});

it('several servers in one request give nothing', async () => {
  const client = await OauthClient.register(world.issuer);
  const url = `${client.authorizeUrl({ resource: world.resource })}&resource=${encodeURIComponent(await world.addServer())}`;
  const page = await world.browser.open(url, isCallback);
  expect(page.url.searchParams.get('error')).toBe('invalid_target');
});
