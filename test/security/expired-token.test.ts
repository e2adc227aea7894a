// RFC 8725 section 3.1: a token has a beginning and an end, and a token that was good a moment ago is not good for that reason.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTokenGateway, type TokenGateway } from '../support/token-gateway.ts';

let world: TokenGateway;
const nowSeconds = Math.floor(Date.now() / 1_000);

beforeAll(async () => {
  world = await startTokenGateway();
});

afterAll(() => world.close());

it.each<[string, object]>([
  ['that has ended', { exp: nowSeconds - 60 }],
  ['that never ends', { exp: undefined }],
  ['whose end is no number', { exp: 'tomorrow' }],
  ['that has not begun', { nbf: nowSeconds + 300 }],
])('a token %s opens nothing', async (_name, claims) => {
  const answer = await world.send(await world.sign({ ...claims }));
  expect(answer.status).toBe(401);
  expect(answer.headers['www-authenticate']).toContain('error="invalid_token"');
});

it.each<[string, object]>([
  ['has ended by less than clocks differ', { exp: nowSeconds - 1 }],
  ['begins a little later than it is', { nbf: nowSeconds + 3 }],
])('a token that %s is good', async (_name, claims) => {
  expect((await world.send(await world.sign({ ...claims }))).status).toBe(200);
});
