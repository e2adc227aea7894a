import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Negotiation } from '../support/clients.ts';
import { createWorld } from '../support/shared-gateway.ts';
import { startFixtureServer } from '../support/upstreams/fixture-server.ts';
import { ClientStore, connectByUrl } from '../support/url-client.ts';
import { openSignedInBrowser } from '../support/web-sign-in.ts';
import type { Server, World } from '../support/world.ts';

let fixture: Awaited<ReturnType<typeof startFixtureServer>>;
let world: World;
let server: Server;

beforeAll(async () => {
  fixture = await startFixtureServer();
  world = await createWorld();
  server = await world.addServer({ upstreamUrl: fixture.url });
  await world.enforced();
});
afterAll(() => fixture.close());

async function openPersonsBrowser() {
  const person = await world.addPerson();
  return { person, browser: await openSignedInBrowser(world.api, world.gateway.issuer, person.id) };
}

const GREETING = [{ type: 'text', text: 'This is a simple text response for testing.' }];

describe('a client that is given a URL and nothing else', () => {
  it.each<Negotiation>(['legacy', 'auto'])(
    'gets in, calls a tool, and stays connected when its token is renewed (%s)',
    async (negotiation) => {
      const { browser } = await openPersonsBrowser();
      const store = new ClientStore();
      const client = await connectByUrl(server.url, store, { browser, negotiation });
      expect((await client.callTool({ name: 'test_simple_text' })).content).toEqual(GREETING);
      await client.close();
      const issued = store.stored!;
      store.stored = { ...issued, access_token: `${issued.access_token}x` };
      const renewed = await connectByUrl(server.url, store, { browser, negotiation });
      expect(store.stored.refresh_token).not.toBe(issued.refresh_token);
      expect((await renewed.callTool({ name: 'test_simple_text' })).content).toEqual(GREETING);
      await renewed.close();
    },
  );

  it('is out within a revision when the person takes it back', async () => {
    const { browser } = await openPersonsBrowser();
    const store = new ClientStore();
    const client = await connectByUrl(server.url, store, { browser });
    await client.callTool({ name: 'test_simple_text' });
    const { access_token: token } = store.stored!; // the client throws it away by itself, should it notice first
    const page = await browser.open(`${world.gateway.issuer}/account/clients`);
    await browser.press(page, 'Revoke', {}, { near: 'URL client' });
    await world.addKey(); // the next revision, by which it can be waited for
    await world.enforced();
    const answer = await fetch(server.url, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' }),
    });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain('invalid_token');
    await client.close();
  });
});
