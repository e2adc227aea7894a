// Forms that another site sends with a person's browser change nothing: neither who is signed in there (login CSRF) nor their password.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiClient } from '../support/api-client.ts';
import { Browser } from '../support/browser.ts';
import { startTestControlPlane, type OwnControlPlane } from '../support/control-plane.ts';
import { addPerson, openSignedInBrowser, TEST_PASSWORD } from '../support/web-sign-in.ts';

let plane: OwnControlPlane;
let api: ApiClient;
let victim: Browser;
let attacker: { readonly email: string; readonly browser: Browser };

beforeAll(async () => {
  plane = await startTestControlPlane();
  api = new ApiClient(plane.url, plane.adminKey);
  victim = await openSignedInBrowser(api, plane.url, (await addPerson(api)).id);
  const added = await addPerson(api);
  attacker = { email: added.email, browser: await openSignedInBrowser(api, plane.url, added.id) };
});
afterAll(() => plane.stop());

/** What the attacker's own pages told them. */
function readToken(page: { readonly text: string }): string {
  return /name="csrf" value="([^"]+)"/.exec(page.text)![1]!;
}

/** Sent by the browser with its cookies, but by a page of another site. */
async function forge(browser: Browser, path: string, fields: Record<string, string>, headers: Record<string, string> = {}) {
  const response = await fetch(plane.url + path, {
    method: 'POST',
    redirect: 'manual',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      cookie: browser.cookies.headerFor(new URL(plane.url)),
      ...headers,
    },
    body: new URLSearchParams(fields).toString(),
  });
  return { status: response.status, cookies: response.headers.getSetCookie().filter((line) => line.includes('sluice_session')) };
}

async function isSignedIn(browser: Browser): Promise<boolean> {
  return (await browser.open(`${plane.url}/account`)).text.includes('Your account');
}

const CHANGE = { current: TEST_PASSWORD, password: 'a horse of the attacker', repeated: 'a horse of the attacker' };

describe.each([
  ['/sign-out', {}],
  ['/account/sign-out-everywhere', {}],
  ['/account/password', CHANGE],
])('a forged form to %s', (path, fields) => {
  it('changes nothing without a token, or with one of another session', async () => {
    const foreign = readToken(await attacker.browser.open(`${plane.url}/account`));
    for (const token of [undefined, '', foreign, foreign.slice(1)]) {
      await forge(victim, path, { ...fields, ...(token !== undefined && { csrf: token }) });
      expect(await isSignedIn(victim)).toBe(true);
    }
  });

  it('is refused where the browser says that another site sent it, even with the right token', async () => {
    const own = readToken(await victim.open(`${plane.url}/account`));
    for (const site of ['cross-site', 'same-site']) {
      const { status } = await forge(victim, path, { ...fields, csrf: own }, { 'sec-fetch-site': site });
      expect([status, await isSignedIn(victim)]).toEqual([403, true]);
    }
  });
});

describe('a forged sign-in', () => {
  it('does not sign a browser in as the attacker', async () => {
    const fresh = new Browser();
    await fresh.open(`${plane.url}/sign-in`);
    const foreign = readToken(await new Browser().open(`${plane.url}/sign-in`));
    const credentials = { email: attacker.email, password: TEST_PASSWORD };
    for (const token of [undefined, foreign]) {
      for (const browser of [fresh, new Browser()]) {
        expect(await forge(browser, '/sign-in', { ...credentials, ...(token !== undefined && { csrf: token }) })).toEqual({
          status: 403,
          cookies: [],
        });
      }
    }
  });

  it('does not take a one-time link for the attacker either', async () => {
    const { signInLink } = await api.run<{ signInLink: { url: string } }>(
      `mutation ($input: UserSignInLinkCreateInput!) { userSignInLinkCreate(input: $input) { signInLink { url } userErrors { code } } }`,
      { input: { userId: (await addPerson(api)).id } },
      'userSignInLinkCreate',
    );
    const path = new URL(signInLink.url).pathname;
    const fields = { password: TEST_PASSWORD, repeated: TEST_PASSWORD };
    expect(await forge(new Browser(), path, fields)).toEqual({ status: 403, cookies: [] });
  });
});

it('no cookie goes with a form of another site, nor to a script', async () => {
  const answer = await fetch(`${plane.url}/sign-in`);
  for (const line of answer.headers.getSetCookie()) expect(line).toMatch(/; HttpOnly; SameSite=Lax$/);
});
