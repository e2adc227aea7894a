// A session that somebody planted in another person's browser must not become theirs when they sign in (CWE-384).
import { beforeAll, expect, it } from 'vitest';
import { ApiClient } from '../support/api-client.ts';
import { Browser } from '../support/browser.ts';
import { useSharedControlPlane, type TestControlPlane } from '../support/control-plane.ts';
import { addPerson, openSignedInBrowser, TEST_PASSWORD } from '../support/web-sign-in.ts';

let plane: TestControlPlane;
let attacker: Browser;
let victim: { readonly id: string; readonly email: string };

beforeAll(async () => {
  plane = await useSharedControlPlane();
  const api = new ApiClient(plane.url, plane.adminKey);
  attacker = await openSignedInBrowser(api, plane.url, (await addPerson(api)).id);
  victim = await addPerson(api);
  await openSignedInBrowser(api, plane.url, victim.id);
});

const SESSION = 'sluice_session';

/** A browser into which the attacker got a cookie of their choice. */
function openPlanted(value: string): Browser {
  const browser = new Browser();
  browser.cookies.take(new URL(plane.url), [`${SESSION}=${value}; Path=/`]);
  return browser;
}

async function readAccount(browser: Browser): Promise<string> {
  return (await browser.open(`${plane.url}/account`)).text;
}

it.each([
  ['of the attacker, who is signed in', () => attacker.cookies.find(SESSION)!],
  ['that nobody has yet', () => 'A'.repeat(43)],
])("a session %s does not become the victim's", async (_name, plant) => {
  const planted = plant();
  const browser = openPlanted(planted);
  // The form must be asked for by somebody who is signed out or wants another organization's account.
  const page = await browser.open(`${plane.url}/sign-in?organization=another`);
  const account = await browser.press(page, 'Sign in', { 'E-mail address': victim.email, Password: TEST_PASSWORD });
  expect(account.status).toBe(403); // nobody has that account there
  const form = await browser.open(`${plane.url}/sign-in?organization=another`);
  const signedIn = await browser.submit(form, { email: victim.email, password: TEST_PASSWORD, organization: '' });
  expect(signedIn.text).toContain(victim.email);
  expect(browser.cookies.find(SESSION)).not.toBe(planted);
  expect(await readAccount(openPlanted(planted))).not.toContain(victim.email);
});

it('a session that was planted ends when its browser signs in as somebody else', async () => {
  const planted = attacker.cookies.find(SESSION)!;
  expect(await readAccount(openPlanted(planted))).not.toContain('Your account');
});
