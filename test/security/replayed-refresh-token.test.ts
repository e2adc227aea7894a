import { beforeAll, expect, it } from 'vitest';
import { OauthClient } from '../support/oauth-client.ts';
import { useSharedControlPlane } from '../support/control-plane.ts';
import { createOauthWorld, type OauthWorld } from '../support/oauth-world.ts';

let world: OauthWorld;
beforeAll(async () => {
  world = await createOauthWorld(await useSharedControlPlane());
});

it('ends everything it belongs to once the grace is over', async () => {
  const client = await OauthClient.register(world.issuer);
  const first = await client.connect(world.browser, world.resource);
  const second = await client.refresh(first.refresh_token!);
  expect(second.status).toBe(200);
  await world.query(`UPDATE oauth_records SET consumed_at = consumed_at - interval '46 seconds' WHERE consumed_at IS NOT NULL`);
  expect(await client.refresh(first.refresh_token!)).toMatchObject({ status: 400, error: 'invalid_grant' });
  expect(await client.refresh(second.refresh_token!)).toMatchObject({ status: 400, error: 'invalid_grant' });
});

it('is worth nothing to another client', async () => {
  const client = await OauthClient.register(world.issuer);
  const { refresh_token: token } = await client.connect(world.browser, world.resource);
  const thief = await OauthClient.register(world.issuer);
  expect(await thief.refresh(token!)).toMatchObject({ status: 400, error: 'invalid_grant' });
  expect(await client.refresh(token!)).toMatchObject({ status: 200 });
});
