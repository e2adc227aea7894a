// A link to our sign-in page must not lead people on to somebody else's page that looks like ours (CWE-601).
import { beforeAll, describe, expect, it } from 'vitest';
import { ApiClient } from '../support/api-client.ts';
import { Browser } from '../support/browser.ts';
import { useSharedControlPlane, type TestControlPlane } from '../support/control-plane.ts';
import { addPerson, openSignedInBrowser, TEST_PASSWORD } from '../support/web-sign-in.ts';

let plane: TestControlPlane;
let signedIn: Browser;
let person: { readonly email: string };

beforeAll(async () => {
  plane = await useSharedControlPlane();
  const api = new ApiClient(plane.url, plane.adminKey);
  const added = await addPerson(api);
  person = added;
  signedIn = await openSignedInBrowser(api, plane.url, added.id);
});

const TARGETS = [
  'https://evil.example/',
  '//evil.example/',
  '/\\evil.example/',
  '\\\\evil.example/',
  '/\t/evil.example/',
  '/\r\n/evil.example/',
  ' https://evil.example/',
  'https:evil.example',
  'javascript:alert(1)',
  '/account\r\nset-cookie: a=b',
  '/account; url=https://evil.example/',
];

describe.each(TARGETS)('a sign-in that should return to %j', (target) => {
  const query = () => new URLSearchParams({ return_to: target }).toString();

  it('stays here for a person who is signed in', async () => {
    const page = await signedIn.open(`${plane.url}/sign-in?${query()}`);
    expect(page.url.origin).toBe(plane.url);
    expect(signedIn.visited.filter((url) => !url.startsWith(`${plane.url}/`))).toEqual([]);
  });

  it('stays here after the password', async () => {
    const browser = new Browser();
    const page = await browser.open(`${plane.url}/sign-in?${query()}`);
    expect(page.text).not.toContain('evil');
    // The form may also be sent with what the page did not offer.
    const after = await browser.submit(page, { email: person.email, password: TEST_PASSWORD, return_to: target });
    expect(after.url.pathname).toBe('/account');
    expect(browser.visited.filter((url) => !url.startsWith(`${plane.url}/`))).toEqual([]);
  });
});
