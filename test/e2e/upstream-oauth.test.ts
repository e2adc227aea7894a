// A call with the upstream's own token: from a person's consent in a browser to the account that the upstream sees. And what must not be seen:
// the caller's key by the upstream, the upstream's token by the caller.
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { demand } from '../support/demand.ts';
import { initialize, sendMcp } from '../support/mcp-request.ts';
import type { GatewayAddresses } from '../support/start-gateway.ts';
import { connectByConsent } from '../support/upstream-consent.ts';
import { startOAuthUpstream, type OAuthUpstream } from '../support/upstreams/oauth-upstream.ts';
import { openSignedInBrowser } from '../support/web-sign-in.ts';
import { World, type Key, type Person, type Server } from '../support/world.ts';

let upstream: OAuthUpstream;
let world: World;
let server: Server;

beforeAll(async () => {
  upstream = await startOAuthUpstream();
  world = await World.create(await demand<GatewayAddresses>(inject('servicesOnDemand'), 'gateway'));
  server = await world.addServer({ upstreamUrl: upstream.url, authentication: 'OAUTH', granularity: 'USER' });
});
afterAll(() => upstream.close());

async function addConnected(account: string): Promise<{ person: Person; key: Key }> {
  const person = await world.addPerson();
  const key = await world.addKey({ person });
  const browser = await openSignedInBrowser(world.api, world.gateway.controlPlaneUrl, person.id);
  const { controlPlaneUrl } = world.gateway;
  const isConsent = (at: URL) => at.origin === new URL(upstream.authorizationServer.issuer).origin;
  const page = await browser.open(`${controlPlaneUrl}/connect/${world.workspace.slug}/${server.slug}`, isConsent);
  await connectByConsent(browser, controlPlaneUrl, page.url.href, { account });
  await expect.poll(() => callResult(key), { timeout: 10_000 }).toBeDefined();
  return { person, key };
}

function call(key: Key) {
  return sendMcp(server.url, { key: key.plain, body: initialize() });
}

async function callResult(key: Key): Promise<unknown> {
  return (await call(key)).message().result;
}

it('uses the account of whoever calls, and renews a token that the upstream refuses while the call waits', async () => {
  for (const account of ['ann', 'bob']) {
    const { key } = await addConnected(account);
    expect(await callResult(key)).toBeDefined();
    expect(upstream.requests.at(-1)).toMatchObject({ account });
    upstream.authorizationServer.expireAccessTokens();
    expect(await callResult(key)).toBeDefined();
    expect(upstream.requests.at(-1)).toMatchObject({ account });
  }
});

it('shows neither secret to the other side', async () => {
  const { key } = await addConnected('eve');
  const answer = await call(key);
  const token = upstream.requests.at(-1)?.token;
  expect(token).toBeDefined();
  expect(answer.body.toString() + JSON.stringify(answer.headers)).not.toContain(token);
  expect(JSON.stringify(upstream.requests)).not.toContain(key.plain);
});

it('refuses whoever has not connected', async () => {
  const key = await world.addKey({ person: await world.addPerson() });
  await world.enforced();
  const before = upstream.requests.length;
  const answer = await call(key);
  expect(answer.message().result).toBeUndefined();
  expect(answer.body.toString()).toContain(`/connect/${world.workspace.slug}/${server.slug}`);
  expect(upstream.requests).toHaveLength(before);
});
