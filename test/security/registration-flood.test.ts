import { afterAll, beforeAll, expect, it } from 'vitest';
import { register, REDIRECT_URI } from '../support/oauth-client.ts';
import { startOauthWorld, type OauthWorld } from '../support/oauth-world.ts';

let world: OauthWorld;
beforeAll(async () => {
  world = await startOauthWorld();
});
afterAll(() => world.stop());

it('is answered 429 with the time to wait, stores nothing more, and leaves others alone', async () => {
  const metadata = { redirect_uris: [REDIRECT_URI] };
  await world.query(`INSERT INTO oauth_request_counts (name, window_start, count)
    SELECT 'register:127.0.0.1', to_timestamp(floor(extract(epoch FROM now()) / 600 + shift) * 600), 98 FROM generate_series(0, 1) AS shift`);
  const count = async () => Number((await world.query(`SELECT count(*) FROM oauth_records WHERE model = 'Client'`))[0]!['count']);
  const before = await count();
  const answers = await Promise.all(Array.from({ length: 20 }, () => register(world.issuer, metadata)));
  const refused = answers.filter((answer) => answer.status === 429);
  expect(refused.length).toBeGreaterThanOrEqual(18);
  expect(Number(refused[0]!.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(refused[0]!.headers.get('access-control-expose-headers')).toContain('Retry-After');
  expect(await count()).toBe(before + answers.length - refused.length);
  const elsewhere = await fetch(`${world.issuer}/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': '198.51.100.7' },
    body: JSON.stringify(metadata),
  });
  expect(elsewhere.status).toBe(201);
});

it('of one request that is too large is not read', async () => {
  const answer = await fetch(`${world.issuer}/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': '198.51.100.8' },
    body: JSON.stringify({ redirect_uris: [REDIRECT_URI], client_name: 'x'.repeat(60_000) }),
  });
  expect(answer.status).toBe(413);
});
