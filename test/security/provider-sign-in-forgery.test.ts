// The answer of an identity provider counts only in the browser that asked, once, and from the provider that was asked: otherwise somebody
// could sign a victim's browser in as themselves (login CSRF), replay an answer, or pass off another provider's (mix-up, RFC 9207).
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Browser, type BrowserPage } from '../support/browser.ts';
import { startTestControlPlane, type OwnControlPlane } from '../support/control-plane.ts';
import { IdentityProviderCreateDocument, OrganizationCreateDocument } from '../support/generated/graphql.ts';
import { startTestOpenIdProvider, type TestOpenIdProvider } from '../support/openid-provider.ts';

let plane: OwnControlPlane;
let provider: TestOpenIdProvider;
beforeAll(async () => {
  plane = await startTestControlPlane();
  provider = await startTestOpenIdProvider(`${plane.publicUrl}/sign-in/callback`);
  provider.setPerson({ sub: 'eve', email: 'eve@acme.example', email_verified: true, name: 'Eve' });
  const { organizationCreate } = await plane.run(plane.adminKey, OrganizationCreateDocument, { input: { slug: 'acme', name: 'Acme' } });
  const { issuer, clientId, clientSecret } = provider;
  await plane.run(plane.adminKey, IdentityProviderCreateDocument, {
    input: {
      organizationId: organizationCreate.organization!.id, name: 'Acme', issuer, clientId, clientSecret, createsUsers: true,
    }, // prettier-ignore
  });
});
afterAll(async () => {
  provider.close();
  await plane.stop();
});

/** Everything up to the answer, which is left unopened. */
async function obtainAnswer(browser: Browser): Promise<URL> {
  const login = await browser.follow(await browser.open(`${plane.publicUrl}/sign-in`), 'Continue with Acme');
  const consent = await browser.press(login, 'Sign-in', { login: 'eve', password: 'any' });
  const page = await browser.press(consent, 'Continue', {}, { stopAt: (url) => url.pathname === '/sign-in/callback' });
  return page.url;
}
async function expectRefused(page: BrowserPage, browser: Browser): Promise<void> {
  expect(page.status).toBeGreaterThanOrEqual(400);
  expect((await browser.open(`${plane.publicUrl}/account`)).url.pathname).toBe('/sign-in');
}

it('an answer that the attacker obtained signs no other browser in', async () => {
  const answer = await obtainAnswer(new Browser());
  const victim = new Browser();
  await expectRefused(await victim.open(answer.href), victim);
  // Nor one that has a sign-in of its own under way.
  const busy = new Browser();
  await obtainAnswer(busy);
  await expectRefused(await busy.open(answer.href), busy);
});

it('an answer counts once', async () => {
  const browser = new Browser();
  const answer = await obtainAnswer(browser);
  expect((await browser.open(answer.href)).url.pathname).toBe('/account');
  expect((await browser.open(answer.href)).status).toBe(400);
});

it('an answer of another issuer, or of none where the provider names itself, is refused before its code goes anywhere', async () => {
  for (const issuer of ['https://evil.example', '', undefined]) {
    const browser = new Browser();
    const answer = await obtainAnswer(browser);
    if (issuer === undefined) answer.searchParams.delete('iss');
    else answer.searchParams.set('iss', issuer);
    await expectRefused(await browser.open(answer.href), browser);
  }
});

it('an answer with another code, or with none, is refused', async () => {
  for (const code of ['another', '']) {
    const browser = new Browser();
    const answer = await obtainAnswer(browser);
    answer.searchParams.set('code', code);
    await expectRefused(await browser.open(answer.href), browser);
  }
});

it('nobody is led elsewhere afterwards', async () => {
  const browser = new Browser();
  const page = await browser.open(`${plane.publicUrl}/sign-in?return_to=https://evil.example/`);
  const login = await browser.follow(page, 'Continue with Acme');
  const consent = await browser.press(login, 'Sign-in', { login: 'eve', password: 'any' });
  expect((await browser.press(consent, 'Continue')).url.href).toBe(`${plane.publicUrl}/account`);
});
