import { beforeAll, expect, it } from 'vitest';
import { isCallback, OauthClient, toCode } from '../support/oauth-client.ts';
import { useSharedControlPlane } from '../support/control-plane.ts';
import { createOauthWorld, type OauthWorld } from '../support/oauth-world.ts';

let world: OauthWorld;
beforeAll(async () => {
  world = await createOauthWorld(await useSharedControlPlane());
});

async function obtainCode(): Promise<{ client: OauthClient; code: string }> {
  const client = await OauthClient.register(world.issuer);
  const asked = await client.open(world.browser, { resource: world.resource });
  return { client, code: toCode(await world.browser.press(asked, 'Allow', {}, { stopAt: isCallback })) };
}

it('is worth nothing without the verifier, to another client, or with another redirect', async () => {
  const { client, code } = await obtainCode();
  const thief = await OauthClient.register(world.issuer);
  expect(await client.redeem(code, { code_verifier: thief.verifier })).toMatchObject({ status: 400, error: 'invalid_grant' });
  expect(await thief.redeem(code)).toMatchObject({ status: 400, error: 'invalid_grant' });
  expect(await client.redeem(code, { redirect_uri: 'http://127.0.0.1:8/callback' })).toMatchObject({ error: 'invalid_grant' });
});

it('works once, and used again ends what it gave', async () => {
  const { client, code } = await obtainCode();
  const first = await client.redeem(code);
  expect(first.status).toBe(200);
  expect(await client.redeem(code)).toMatchObject({ status: 400, error: 'invalid_grant' });
  expect(await client.refresh(first.refresh_token!)).toMatchObject({ status: 400, error: 'invalid_grant' });
});

it('gives one answer to many who bring it at the same moment', async () => {
  const { client, code } = await obtainCode();
  const answers = await Promise.all(Array.from({ length: 8 }, () => client.redeem(code)));
  expect(answers.filter((answer) => answer.status === 200).length).toBeLessThanOrEqual(1);
});
