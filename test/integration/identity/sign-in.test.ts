import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiClient } from '../../support/api-client.ts';
import { Browser } from '../../support/browser.ts';
import { startTestControlPlane, type OwnControlPlane } from '../../support/control-plane.ts';
import {
  ApiKeyCreateDocument,
  OrganizationCreateDocument,
  UserCreateDocument,
  UserDisableDocument,
  UserEnableDocument,
  UserSignInLinkCreateDocument,
  type OrganizationRole,
} from '../../support/generated/graphql.ts';
import { openSignedInBrowser, TEST_PASSWORD } from '../../support/web-sign-in.ts';

let plane: OwnControlPlane;
let api: ApiClient;
let organizationId: string;
beforeAll(async () => {
  plane = await startTestControlPlane();
  api = new ApiClient(plane.url, plane.adminKey);
  organizationId = await addOrganization('acme');
});
afterAll(() => plane.stop());

let counter = 0;
async function addOrganization(slug: string): Promise<string> {
  const { organizationCreate } = await plane.run(plane.adminKey, OrganizationCreateDocument, { input: { slug, name: `The ${slug}` } });
  return organizationCreate.organization!.id;
}
async function addUser(options: { role?: OrganizationRole; organization?: string; email?: string } = {}) {
  const input = {
    organizationId: options.organization ?? organizationId,
    email: options.email ?? `person-${counter++}@example.com`,
    name: 'Ada <Lovelace>',
    role: options.role ?? ('MEMBER' as const),
  };
  return (await plane.run(plane.adminKey, UserCreateDocument, { input })).userCreate.user!;
}
function makeLink(userId: string, key = plane.adminKey, idempotencyKey?: string) {
  return plane.run(key, UserSignInLinkCreateDocument, { input: { userId }, idempotencyKey });
}
async function linkFor(userId: string): Promise<string> {
  const { userSignInLinkCreate } = await makeLink(userId);
  return plane.url + new URL(userSignInLinkCreate.signInLink!.url).pathname;
}
async function addPersonWithPassword(options: Parameters<typeof addUser>[0] = {}) {
  const user = await addUser(options);
  return { ...user, browser: await openSignedInBrowser(api, plane.url, user.id) };
}
function trySignIn(email: string, password: string, options: { returnTo?: string } = {}) {
  const browser = new Browser();
  return {
    browser,
    page: (async () => {
      const query = new URLSearchParams({ ...(options.returnTo !== undefined && { return_to: options.returnTo }) });
      const page = await browser.open(`${plane.url}/sign-in?${query.toString()}`);
      return browser.press(page, 'Sign in', { 'E-mail address': email, Password: password });
    })(),
  };
}
async function isSignedIn(browser: Browser): Promise<boolean> {
  return new URL((await browser.open(`${plane.url}/account`)).url).pathname === '/account';
}

describe('one-time links', () => {
  it('let a person choose a password and come in, once', async () => {
    const user = await addUser();
    const link = await linkFor(user.id);
    const browser = new Browser();
    const page = await browser.open(link);
    expect(page.text).toContain(user.email);
    const weak = await browser.press(page, 'Set password and sign in', {
      'New password': 'password1234',
      'The same again': 'password1234',
    });
    expect([weak.status, weak.text.includes('first things that somebody else would try')]).toEqual([422, true]);
    const unlike = await browser.press(weak, 'Set password and sign in', { 'New password': TEST_PASSWORD, 'The same again': 'other' });
    expect([unlike.status, unlike.text.includes('not the same')]).toEqual([422, true]);
    const account = await browser.press(unlike, 'Set password and sign in', {
      'New password': TEST_PASSWORD,
      'The same again': TEST_PASSWORD,
    });
    expect(account.url.pathname).toBe('/account');
    expect(account.text).toContain(user.email);
    expect(account.text).toContain('Ada &lt;Lovelace&gt;');
    expect((await new Browser().open(link)).status).toBe(404);
  });

  it('are not used up by being looked at', async () => {
    const link = await linkFor((await addUser()).id);
    for (let look = 0; look < 3; look++) expect((await new Browser().open(link)).status).toBe(200);
  });

  it('work for one of two who open them at the same moment', async () => {
    const link = await linkFor((await addUser()).id);
    const entered = { 'New password': TEST_PASSWORD, 'The same again': TEST_PASSWORD };
    const browsers = [new Browser(), new Browser()];
    const pages = await Promise.all(browsers.map((browser) => browser.open(link)));
    const ended = await Promise.all(browsers.map((browser, at) => browser.press(pages[at]!, 'Set password and sign in', entered)));
    expect(ended.map((page) => page.status)).toEqual(expect.arrayContaining([200, 404]));
  });

  it('are replaced by the next one, and repeated by the same request', async () => {
    const user = await addUser();
    const first = await makeLink(user.id, plane.adminKey, 'link-1');
    const again = await makeLink(user.id, plane.adminKey, 'link-1');
    expect(again.userSignInLinkCreate.signInLink).toEqual(first.userSignInLinkCreate.signInLink);
    const second = await linkFor(user.id);
    expect((await new Browser().open(plane.url + new URL(first.userSignInLinkCreate.signInLink!.url).pathname)).status).toBe(404);
    expect((await new Browser().open(second)).status).toBe(200);
    expect((await makeLink(user.id, plane.adminKey, 'link-1')).userSignInLinkCreate.userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
  });

  it('do not make an administrator an owner, and are not made for who is disabled', async () => {
    const [owner, admin] = [await addUser({ role: 'OWNER' }), await addUser({ role: 'ADMIN' })];
    const { apiKeyCreate } = await plane.run(plane.adminKey, ApiKeyCreateDocument, {
      input: { kind: 'USER', userId: admin.id, name: 'key', scopes: ['API_WRITE'] },
    });
    expect((await makeLink(owner.id, apiKeyCreate.plainKey!)).userSignInLinkCreate.userErrors).toMatchObject([
      { code: 'INVALID', field: ['input', 'userId'] },
    ]);
    expect((await makeLink(admin.id, apiKeyCreate.plainKey!)).userSignInLinkCreate.userErrors).toEqual([]);
    const disabled = await addUser();
    const link = await linkFor(disabled.id);
    await plane.run(plane.adminKey, UserDisableDocument, { id: disabled.id });
    expect((await makeLink(disabled.id)).userSignInLinkCreate.userErrors).toMatchObject([{ code: 'INVALID' }]);
    expect((await new Browser().open(link)).status).toBe(404);
  });
});

describe('signing in by a password', () => {
  it('leads back to where the person wanted to go', async () => {
    const user = await addPersonWithPassword();
    const { browser, page } = trySignIn(user.email.toUpperCase(), TEST_PASSWORD, { returnTo: '/account?from=somewhere' });
    expect((await page).url.href).toBe(`${plane.url}/account?from=somewhere`);
    expect(await isSignedIn(browser)).toBe(true);
  });

  it('asks which organization is meant only where the password is that of several accounts', async () => {
    const other = await addOrganization('other');
    const email = 'everywhere@example.com';
    await addPersonWithPassword({ email });
    await addPersonWithPassword({ email, organization: other });
    const { browser, page } = trySignIn(email, TEST_PASSWORD);
    const choice = await page;
    expect(choice.text).toContain('several organizations');
    const account = await browser.press(choice, 'Sign in', { Organization: 'other', Password: TEST_PASSWORD });
    expect(account.url.pathname).toBe('/account');
    expect(account.text).toContain('The other');
  });

  it('offers another account where one of another organization is wanted', async () => {
    const { browser } = await addPersonWithPassword();
    await addOrganization('third');
    const page = await browser.open(`${plane.url}/sign-in?organization=third&return_to=/account`);
    expect([page.url.pathname, page.text.includes('account of another organization')]).toEqual(['/sign-in', true]);
    expect((await browser.open(`${plane.url}/sign-in?organization=acme&return_to=/account`)).url.pathname).toBe('/account');
  });

  it('ends with the person being disabled, and does not come back', async () => {
    const user = await addPersonWithPassword();
    expect(await isSignedIn(user.browser)).toBe(true);
    await plane.run(plane.adminKey, UserDisableDocument, { id: user.id });
    expect(await isSignedIn(user.browser)).toBe(false);
    expect((await trySignIn(user.email, TEST_PASSWORD).page).status).toBe(403);
    await plane.run(plane.adminKey, UserEnableDocument, { id: user.id });
    expect(await isSignedIn(user.browser)).toBe(false);
  });
});

describe('the account page', () => {
  it('changes the password and signs every other browser out', async () => {
    const user = await addPersonWithPassword();
    const other = trySignIn(user.email, TEST_PASSWORD);
    await other.page;
    const change = async (current: string, wanted: string) =>
      user.browser.press(await user.browser.open(`${plane.url}/account`), 'Change password', {
        'Current password': current,
        'New password': wanted,
        'The same again': wanted,
      });
    expect((await change('not the password', 'a different horse')).status).toBe(403);
    expect((await change(TEST_PASSWORD, 'aaaaaaaaaaaaaaaa')).status).toBe(422);
    expect(await isSignedIn(other.browser)).toBe(true);
    expect((await change(TEST_PASSWORD, 'a different horse')).text).toContain('Your password was changed');
    expect([await isSignedIn(user.browser), await isSignedIn(other.browser)]).toEqual([true, false]);
    expect((await trySignIn(user.email, TEST_PASSWORD).page).status).toBe(403);
    expect((await trySignIn(user.email, 'a different horse').page).url.pathname).toBe('/account');
  });

  it('signs out here, and everywhere', async () => {
    const user = await addPersonWithPassword();
    const [second, third] = [trySignIn(user.email, TEST_PASSWORD), trySignIn(user.email, TEST_PASSWORD)];
    await Promise.all([second.page, third.page]);
    await user.browser.press(await user.browser.open(`${plane.url}/account`), 'Sign out');
    expect([await isSignedIn(user.browser), await isSignedIn(second.browser)]).toEqual([false, true]);
    await second.browser.press(await second.browser.open(`${plane.url}/account`), 'Sign out everywhere');
    expect([await isSignedIn(second.browser), await isSignedIn(third.browser)]).toEqual([false, false]);
  });
});
